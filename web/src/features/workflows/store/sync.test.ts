import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import type { Edit, EditsAnswer, WorkflowDetail } from '@/api/workflow'
import { applyAll } from '../model/edits'
import { workflow } from '../model/testing'
import { openDocument } from './document'
import { startSync, type Sync } from './sync'

const server = vi.hoisted(() => ({ send: vi.fn() }))
vi.mock('@/api/workflow', async (original) => ({ ...(await original<object>()), sendEdits: server.send, sendPresence: () => Promise.resolve() }))

/** The stream of events, spoken to by hand. */
class Stream {
  static last: Stream
  onopen: (() => void) | null = null
  private heard = new Map<string, (event: { data: string }) => void>()
  constructor() {
    Stream.last = this
  }
  addEventListener(name: string, listener: (event: { data: string }) => void) {
    this.heard.set(name, listener)
  }
  say(name: string, data: unknown) {
    this.heard.get(name)?.({ data: JSON.stringify(data) })
  }
  close() {
    this.heard.clear()
  }
}

const label = (text: string): Edit => ({ op: 'set_label', id: 'a', label: text })
const start = () => workflow('a=source b=filter a>b')
let sync: Sync | null = null
const openAt = (revision: number, reload: () => Promise<WorkflowDetail> = () => Promise.reject(new ApiError(0, 'offline', '', null))) => {
  const doc = openDocument(start(), revision, false)
  sync = startSync(doc, { assetId: 'w', client: 'me', reload })
  return doc
}
const answer = (more: Partial<EditsAnswer>): EditsAnswer => ({ revision: 1, edits: [], refused: [], ...more })

beforeEach(() => {
  vi.stubGlobal('EventSource', Stream)
  vi.useFakeTimers()
  localStorage.clear()
  server.send.mockReset()
})
afterEach(() => {
  sync?.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('changes are sent together, and saved once the server has them', async () => {
  server.send.mockResolvedValue(answer({ revision: 6 }))
  const doc = openAt(5)
  doc.edit([label('one')])
  doc.edit([label('two')])
  expect(doc.store.get().sync).toBe('saving')
  await vi.advanceTimersByTimeAsync(400)
  expect(server.send.mock.calls).toEqual([['w', { client: 'me', base: 5, edits: [label('two')] }]])
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 6, queue: [], sending: [] } })
  expect(localStorage.length).toBe(0)
})

it('without a connection changes are kept in the browser and sent again', async () => {
  server.send.mockRejectedValueOnce(new ApiError(0, 'offline', '', null)).mockResolvedValue(answer({ revision: 6 }))
  const doc = openAt(5)
  doc.edit([label('kept')])
  await vi.advanceTimersByTimeAsync(300)
  expect(doc.store.get().sync).toBe('offline')
  expect(localStorage.getItem('tandem.workflow.w')).toContain('kept')
  await vi.advanceTimersByTimeAsync(1500)
  expect(server.send).toHaveBeenCalledTimes(2)
  expect(doc.store.get().sync).toBe('saved')
  expect(doc.workflow().nodes.a?.label).toBe('kept')
})

it('what an earlier visit could not send is there again and sent', async () => {
  localStorage.setItem('tandem.workflow.w', JSON.stringify([label('from before')]))
  server.send.mockResolvedValue(answer({ revision: 6 }))
  const doc = openAt(5)
  expect(doc.workflow().nodes.a?.label).toBe('from before')
  await vi.advanceTimersByTimeAsync(400)
  expect(server.send).toHaveBeenCalledOnce()
  expect(localStorage.length).toBe(0)
})

it('a server that takes no changes is no reason to lose them, and none to ask for ever', async () => {
  server.send.mockRejectedValue(new ApiError(403, 'forbidden', '', null))
  const doc = openAt(5)
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.send).toHaveBeenCalledOnce()
  expect(doc.store.get().sync).toBe('refused')
  expect(localStorage.getItem('tandem.workflow.w')).toContain('mine')
})

it('changes of others come in between, whichever way is quicker', async () => {
  const doc = openAt(5)
  server.send.mockImplementation(() => {
    Stream.last.say('edits', { client: 'you', revision: 6, edits: [{ op: 'set_label', id: 'b', label: 'theirs' }] })
    Stream.last.say('edits', { client: 'me', revision: 7, edits: [label('mine')] })
    return Promise.resolve(answer({ revision: 7 }))
  })
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(400)
  const { session, sync: state } = doc.store.get()
  expect([session.confirmed.nodes.a?.label, session.confirmed.nodes.b?.label, session.revision, state]).toEqual(['mine', 'theirs', 7, 'saved'])
})

it('what is typed while an answer is on its way stays as it was typed', async () => {
  const reload = vi.fn(() => Promise.reject(new ApiError(0, 'offline', '', null)))
  const doc = openAt(5, reload)
  const answers: ((value: EditsAnswer) => void)[] = []
  server.send.mockImplementation(() => new Promise<EditsAnswer>((done) => answers.push(done)))
  doc.edit([label('one')])
  await vi.advanceTimersByTimeAsync(200)
  // The stream is quicker than the answer.
  Stream.last.say('edits', { client: 'me', revision: 6, edits: [label('one')] })
  doc.edit([label('one two')])
  await vi.advanceTimersByTimeAsync(200)
  answers[0]?.(answer({ revision: 6 }))
  await vi.advanceTimersByTimeAsync(10)
  expect(doc.workflow().nodes.a?.label).toBe('one two')
  // And now the answer is quicker than the stream.
  answers[1]?.(answer({ revision: 7 }))
  await vi.advanceTimersByTimeAsync(10)
  doc.edit([label('one two three')])
  await vi.advanceTimersByTimeAsync(200)
  Stream.last.say('edits', { client: 'me', revision: 7, edits: [label('one two')] })
  expect(doc.workflow().nodes.a?.label).toBe('one two three')
  answers[2]?.(answer({ revision: 8 }))
  await vi.advanceTimersByTimeAsync(10)
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 8, queue: [], sending: [] } })
  expect(server.send.mock.calls.map(([, body]) => (body as { edits: Edit[] }).edits)).toEqual([[label('one')], [label('one two')], [label('one two three')]])
  expect(reload).not.toHaveBeenCalled()
})

it('a document that was read too early takes nothing back', async () => {
  let read: (detail: WorkflowDetail) => void = () => undefined
  const doc = openAt(5, () => new Promise((done) => (read = done)))
  server.send.mockResolvedValue(answer({ revision: 6 }))
  Stream.last.onopen?.()
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(200)
  expect(doc.store.get().session.revision).toBe(6)
  read({ workflow: start(), revision: 5 } as WorkflowDetail)
  await vi.advanceTimersByTimeAsync(10)
  expect(doc.workflow().nodes.a?.label).toBe('mine')
  expect(doc.store.get().session.revision).toBe(6)
})

it('what the stream has told of arrived, though its answer is lost', async () => {
  const doc = openAt(5)
  server.send.mockImplementation(() => {
    Stream.last.say('edits', { client: 'me', revision: 6, edits: [label('mine')] })
    return Promise.reject(new ApiError(0, 'offline', '', null))
  })
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(server.send).toHaveBeenCalledOnce()
  expect(doc.store.get().sync).toBe('saved')
})

it('where news are missing, the document is read anew and what waits stays', async () => {
  const theirs = applyAll(start(), [{ op: 'remove_node', id: 'b' }, label('mine')]).workflow
  const reload = vi.fn(() => Promise.resolve({ workflow: theirs, revision: 9 } as WorkflowDetail))
  server.send.mockResolvedValue(answer({ revision: 9 }))
  const doc = openAt(5, reload)
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(400)
  expect(reload).toHaveBeenCalledOnce()
  expect(Object.keys(doc.workflow().nodes)).toEqual(['a'])
  expect(doc.store.get().session.revision).toBe(9)
})

it('changes that no longer apply are told', async () => {
  server.send.mockResolvedValue(answer({ revision: 5, refused: [{ index: 0, message: { en: 'gone', 'zh-CN': '没了' } }] }))
  const doc = openAt(5)
  doc.edit([label('x')])
  await vi.advanceTimersByTimeAsync(400)
  expect(doc.store.get().refused).toEqual([{ en: 'gone', 'zh-CN': '没了' }])
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { queue: [], sending: [] } })
})

it('what is sent at once is one revision, so that somebody else’s between is seen', async () => {
  const both: Edit[] = [label('mine'), { op: 'set_label', id: 'b', label: 'mine too' }]
  const all = applyAll(start(), [{ op: 'set_label', id: 'b', label: 'theirs' }, ...both]).workflow
  const reload = vi.fn(() => Promise.resolve({ workflow: all, revision: 7 } as WorkflowDetail))
  server.send.mockResolvedValueOnce(answer({ revision: 7 })).mockResolvedValue(answer({ revision: 8 }))
  const doc = openAt(5, reload)
  doc.edit(both)
  await vi.advanceTimersByTimeAsync(400)
  expect(reload).toHaveBeenCalledOnce()
  // Alone it is not read anew.
  doc.edit([label('more'), { op: 'set_label', id: 'b', label: 'more too' }])
  await vi.advanceTimersByTimeAsync(400)
  expect(reload).toHaveBeenCalledOnce()
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 8, sending: [] } })
})

it('news are laid on what they follow alone', async () => {
  const theirs = applyAll(start(), [{ op: 'remove_node', id: 'b' }, label('theirs')]).workflow
  const reload = vi.fn().mockRejectedValueOnce(new ApiError(0, 'offline', '', null)).mockResolvedValue({ workflow: theirs, revision: 9 })
  const doc = openAt(5, reload as () => Promise<WorkflowDetail>)
  Stream.last.say('edits', { client: 'you', revision: 9, edits: [label('theirs')] })
  expect(doc.store.get().session.revision).toBe(5)
  await vi.advanceTimersByTimeAsync(3000)
  expect(doc.store.get().session.revision).toBe(9)
  expect(Object.keys(doc.workflow().nodes)).toEqual(['a'])
})
