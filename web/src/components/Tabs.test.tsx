import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { Tabs } from './Tabs'

const items = ['one', 'two', 'three'].map((key) => ({ key, label: key, children: <p>{`${key} inside`}</p> }))

it('tabs are one stop of the keyboard, and arrows go through them and around', () => {
  const onChange = vi.fn()
  render(<Tabs items={items} activeKey="two" onChange={onChange} />)
  const tabs = screen.getAllByRole('tab')
  expect(tabs.map((tab) => tab.tabIndex)).toEqual([-1, 0, -1])
  expect(screen.getByRole('tabpanel').textContent).toBe('two inside')
  tabs[1]?.focus()
  const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key })
  press('ArrowRight')
  expect(document.activeElement).toBe(tabs[2])
  press('ArrowRight')
  expect(document.activeElement).toBe(tabs[0])
  press('End')
  expect(document.activeElement).toBe(tabs[2])
  // Going over a tab loads nothing; choosing it does.
  expect(onChange).not.toHaveBeenCalled()
  fireEvent.click(tabs[2]!)
  expect(onChange).toHaveBeenCalledWith('three')
})
