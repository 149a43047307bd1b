import { fireEvent, render, screen } from '@testing-library/react'
import { ConfigProvider } from 'antd'
import zh from 'antd/locale/zh_CN'
import { expect, it, vi } from 'vitest'
import { DateInput } from './DateInput'

const NAME = 'From'

it('a day is chosen in the language of the page, whatever the browser’s', () => {
  const onChange = vi.fn()
  render(
    <ConfigProvider locale={zh}>
      <DateInput value="2024-02-01" onChange={onChange} aria-label={NAME} />
    </ConfigProvider>,
  )
  const input = screen.getByLabelText(NAME)
  expect((input as HTMLInputElement).value).toBe('2024-02-01')
  fireEvent.mouseDown(input)
  fireEvent.click(input)
  expect(document.body.textContent).toMatch(/2024年.*2月.*一二三四五六日/)
  fireEvent.click(screen.getByTitle('2024-02-14'))
  expect(onChange).toHaveBeenCalledWith('2024-02-14')
})
