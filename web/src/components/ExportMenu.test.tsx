import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { App } from 'antd'
import { afterEach, expect, it, vi } from 'vitest'
import type { Lang } from '@/lib/format'
import type { ReportFormat } from '@/lib/reportFormats'
import { ExportMenu } from './ExportMenu'

afterEach(cleanup)

const saveAs = vi.hoisted(() => vi.fn())
vi.mock('@/lib/save', () => ({ saveAs }))
vi.mock('react-i18next', () => ({ useTranslation: () => ({ t: (key: string, values?: object) => [key, ...Object.values(values ?? {})].join(' '), i18n: { language: 'en' } }), initReactI18next: { type: '3rdParty', init: () => undefined } }))

function shown(make: (format: ReportFormat, lang: Lang, signal: AbortSignal) => Promise<Blob>) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <App>
        <ExportMenu name="Sales: north" make={make} />
      </App>
    </QueryClientProvider>,
  )
}

async function choose(item: number) {
  fireEvent.click(screen.getByRole('button', { name: /export.title/ }))
  fireEvent.click((await screen.findAllByRole('menuitem'))[item]!)
}

it('a report is offered as every kind of file, says that it is on its way, and how large it came out', async () => {
  let finish: (file: Blob) => void = () => undefined
  const make = vi.fn<(format: ReportFormat, lang: Lang, signal: AbortSignal) => Promise<Blob>>(() => new Promise((done) => (finish = done)))
  shown(make)
  await choose(1)
  await screen.findByText('export.making 0')
  expect(make.mock.calls[0]?.slice(0, 2)).toEqual(['pdf', 'en'])
  finish(new Blob(['x'.repeat(2_000)]))
  await screen.findByText(/export.done Sales_ north.pdf 2 kB/)
  expect(saveAs).toHaveBeenCalledOnce()
  screen.getByRole('button', { name: /export.title/ })
})

it('what takes too long is stopped, and nothing is saved or complained of', async () => {
  saveAs.mockClear()
  shown((_, __, signal) => new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new DOMException('stopped', 'AbortError')))))
  await choose(4)
  fireEvent.click(await screen.findByRole('button', { name: /export.making/ }))
  await waitFor(() => screen.getByRole('button', { name: /export.title/ }))
  expect(saveAs).not.toHaveBeenCalled()
  expect(document.querySelector('.ant-notification-notice')).toBeNull()
})
