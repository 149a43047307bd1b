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
  static all: Stream[] = []
  static last: Stream
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  readyState = 1
  private heard = new Map<string, (event: { data: string }) => void>()
  constructor(readonly url: string) {
    Stream.all.push(this)
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
const away = () => Promise.reject(new ApiError(0, 'offline', '', null))
const openAt = (revision: number, reload: () => Promise<WorkflowDetail> = away, more: { client?: string; person?: string; signedIn?: () => boolean; readonly?: boolean } = {}) => {
  const { client = 'me', person = 'ann', signedIn = () => true, readonly = false } = more
  const doc = openDocument(start(), revision, readonly)
  sync = startSync(doc, { assetId: 'w', client, person, signedIn, reload })
  return doc
}
/** What the server was sent, in its order. */
const sendings = () => server.send.mock.calls.map(([, body]) => (body as { edits: Edit[] }).edits)
/** The name of what was sent last. */
const sentAs = () => (server.send.mock.calls.at(-1)?.[1] as { client: string }).client
const draft = (edits: Edit[], revision: number) => ({ workflow: applyAll(start(), edits).workflow, revision }) as WorkflowDetail
const stored = () => Object.keys(localStorage).filter((name) => name.startsWith('tandem.edits.')).map((name) => `${name} ${localStorage.getItem(name)}`)
/** As a window before left them. */
const left = (person: string, client: string, what: { batch?: unknown; queue?: Edit[]; at?: number; left?: boolean }) =>
  localStorage.setItem(`tandem.edits.${person}.w.${client}`, JSON.stringify({ batch: null, queue: [], at: Date.now(), left: true, ...what }))
const answer = (more: Partial<EditsAnswer>): EditsAnswer => ({ revision: 1, edits: [], refused: [], ...more })

beforeEach(() => {
  vi.stubGlobal('EventSource', Stream)
  vi.useFakeTimers()
  localStorage.clear()
  Stream.all = []
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
  expect(server.send.mock.calls).toEqual([['w', { client: 'me.1', base: 5, edits: [label('two')] }]])
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 6, queue: [], sending: [] } })
  expect(localStorage.length).toBe(0)
})

it('without a connection changes are kept in the browser and sent again, once it is known that they did not arrive', async () => {
  server.send.mockImplementationOnce(away).mockResolvedValue(answer({ revision: 6 }))
  const reload = vi.fn().mockImplementationOnce(away).mockResolvedValue(draft([], 5))
  const doc = openAt(5, reload as () => Promise<WorkflowDetail>)
  doc.edit([label('kept')])
  await vi.advanceTimersByTimeAsync(300)
  expect(doc.store.get().sync).toBe('offline')
  expect(stored()).toEqual([expect.stringMatching(/^tandem\.edits\.ann\.w\.me .*"key":"me\.1","base":5.*kept/)])
  await vi.advanceTimersByTimeAsync(1500)
  expect(reload).toHaveBeenCalledOnce()
  expect(server.send).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(2500)
  expect(sendings()).toEqual([[label('kept')], [label('kept')]])
  expect(doc.store.get().sync).toBe('saved')
  expect(doc.workflow().nodes.a?.label).toBe('kept')
  expect(stored()).toEqual([])
})

it('what arrived though its answer was lost is not sent again, however late that is known', async () => {
  server.send.mockImplementation(away)
  const reload = vi.fn().mockResolvedValue(draft([label('mine')], 7))
  const doc = openAt(5, reload as () => Promise<WorkflowDetail>)
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(1500)
  // Asked for the edits behind the one that the batch was made on.
  expect(Stream.last.url).toBe('/api/v1/workflows/w/events?client=me.1&after=5')
  Stream.last.say('edits', { client: 'you', revision: 6, edits: [{ op: 'set_label', id: 'b', label: 'theirs' }] })
  await vi.advanceTimersByTimeAsync(10)
  expect(doc.store.get().sync).toBe('offline')
  Stream.last.say('edits', { client: 'me.1', revision: 7, edits: [label('mine')] })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.send).toHaveBeenCalledOnce()
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 7, sending: [], queue: [] } })
  expect(stored()).toEqual([])
})

it('a document that can’t be read after its edits arrived is read again, and nothing is sent again', async () => {
  server.send.mockResolvedValue(answer({ revision: 9 }))
  const reload = vi.fn().mockImplementationOnce(away).mockRejectedValueOnce(new ApiError(500, 'internal', '', null)).mockResolvedValue(draft([label('mine')], 9))
  const doc = openAt(5, reload as () => Promise<WorkflowDetail>)
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(300)
  // The server has it: whoever waits for that goes on.
  await sync?.flush()
  expect(doc.store.get().sync).toBe('saved')
  expect(doc.workflow().nodes.a?.label).toBe('mine')
  expect(stored()).toEqual([])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reload).toHaveBeenCalledTimes(3)
  expect(server.send).toHaveBeenCalledOnce()
  expect(doc.store.get().session).toMatchObject({ revision: 9, sending: [] })
})

it('what an earlier window left is there again and sent', async () => {
  left('ann', 'old', { queue: [label('from before')] })
  server.send.mockResolvedValue(answer({ revision: 6 }))
  const doc = openAt(5)
  await vi.advanceTimersByTimeAsync(10)
  expect(doc.workflow().nodes.a?.label).toBe('from before')
  expect(stored()).toEqual([expect.stringContaining('tandem.edits.ann.w.me ')])
  await vi.advanceTimersByTimeAsync(400)
  expect(server.send).toHaveBeenCalledOnce()
  expect(stored()).toEqual([])
})

it('what an earlier window sent without an answer is looked for, not sent again', async () => {
  const before = applyAll(start(), [label('sent')]).workflow
  left('ann', 'old', { batch: { key: 'old.3', base: 4, edits: [label('sent')] }, queue: [{ op: 'set_label', id: 'b', label: 'not sent' }] })
  server.send.mockResolvedValue(answer({ revision: 6 }))
  const doc = openDocument(before, 5, false)
  sync = startSync(doc, { assetId: 'w', client: 'me', person: 'ann', signedIn: () => true, reload: () => Promise.resolve({ workflow: before, revision: 5 } as WorkflowDetail) })
  await vi.advanceTimersByTimeAsync(10)
  expect(Stream.last.url).toContain('client=old.3&after=4')
  Stream.last.say('edits', { client: 'old.3', revision: 5, edits: [label('sent')] })
  await vi.advanceTimersByTimeAsync(400)
  expect(sendings()).toEqual([[{ op: 'set_label', id: 'b', label: 'not sent' }]])
  expect(stored()).toEqual([])
})

it('nobody is sent what somebody else left, and windows don’t take from each other what they still hold', async () => {
  localStorage.setItem('tandem.workflow.w', JSON.stringify([label('whose?')]))
  left('bob', 'his', { queue: [label('his')] })
  left('ann', 'other', { queue: [label('hers, elsewhere')], left: false })
  left('ann', 'ancient', { queue: [label('long ago')], at: Date.now() - 31 * 86_400_000 })
  server.send.mockResolvedValue(answer({ revision: 6 }))
  const doc = openAt(5)
  doc.edit([{ op: 'set_label', id: 'b', label: 'hers' }])
  await vi.advanceTimersByTimeAsync(400)
  expect(sendings()).toEqual([[{ op: 'set_label', id: 'b', label: 'hers' }]])
  expect(stored().map((line) => line.split(' ')[0]).sort()).toEqual(['tandem.edits.ann.w.other', 'tandem.edits.bob.w.his'])
  expect(localStorage.getItem('tandem.workflow.w')).toBeNull()
})

it('changes of who signed out meanwhile stay theirs', async () => {
  let who = 'ann'
  const doc = openAt(5, away, { signedIn: () => who === 'ann' })
  doc.edit([label('hers')])
  who = 'bob'
  sync?.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.send).not.toHaveBeenCalled()
  expect(stored()).toEqual([expect.stringMatching(/^tandem\.edits\.ann\.w\.me .*hers.*"left":true/)])
})

it('what waits when one leaves goes on its way, one batch after the other', async () => {
  const answers: ((value: EditsAnswer) => void)[] = []
  server.send.mockImplementation(() => new Promise<EditsAnswer>((done) => answers.push(done)))
  const doc = openAt(5)
  doc.edit([label('one')])
  await vi.advanceTimersByTimeAsync(200)
  doc.edit([{ op: 'set_label', id: 'b', label: 'two' }])
  sync?.stop()
  answers[0]?.(answer({ revision: 6 }))
  await vi.advanceTimersByTimeAsync(10)
  expect(sendings()).toEqual([[label('one')], [{ op: 'set_label', id: 'b', label: 'two' }]])
  answers[1]?.(answer({ revision: 7 }))
  await vi.advanceTimersByTimeAsync(10)
  expect(stored()).toEqual([])
})

it('a server that takes no changes is no reason to lose them, and none to ask for ever', async () => {
  server.send.mockRejectedValue(new ApiError(403, 'forbidden', '', null))
  const doc = openAt(5)
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.send).toHaveBeenCalledOnce()
  expect(doc.store.get().sync).toBe('refused')
  expect(stored()).toEqual([expect.stringContaining('mine')])
})

it.each([403, 404, 409, 422])('who waits for edits that are refused (%i) is told, and they stay until they are thrown away', async (status) => {
  server.send.mockRejectedValue(new ApiError(status, 'some_code', '', 'id-1'))
  const doc = openAt(5, () => Promise.resolve(draft([], 5)))
  doc.edit([label('mine')])
  const told = sync?.flush().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(400)
  expect(await told).toMatchObject({ code: 'not_saved', requestId: 'id-1' })
  expect(doc.store.get()).toMatchObject({ sync: 'refused', syncError: { status } })
  expect(doc.workflow().nodes.a?.label).toBe('mine')
  // Asked again it is sent again, and told again.
  const again = sync?.flush().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(400)
  expect(await again).toMatchObject({ code: 'not_saved' })
  const asked = server.send.mock.calls.length
  sync?.discard()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.send).toHaveBeenCalledTimes(asked)
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { queue: [], sending: [] }, history: { undo: [] } })
  expect(doc.workflow().nodes.a?.label).toBeUndefined()
  expect(stored()).toEqual([])
  await expect(sync?.flush()).resolves.toBeUndefined()
})

it('a draft that went back is read anew, and what waits is sent on it', async () => {
  server.send.mockRejectedValueOnce(new ApiError(409, 'version_conflict', '', null)).mockResolvedValue(answer({ revision: 3 }))
  const doc = openAt(5, () => Promise.resolve(draft([], 2)))
  doc.edit([label('mine')])
  await vi.advanceTimersByTimeAsync(400)
  expect(doc.store.get().sync).toBe('refused')
  sync?.retry()
  await vi.advanceTimersByTimeAsync(10)
  expect(server.send.mock.calls.at(-1)?.[1]).toMatchObject({ base: 2, edits: [label('mine')] })
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 3 } })
})

it('without a connection who waits can give up, and is done once it is back', async () => {
  server.send.mockImplementationOnce(away).mockResolvedValue(answer({ revision: 6 }))
  const reload = vi.fn(away)
  const doc = openAt(5, reload as () => Promise<WorkflowDetail>)
  doc.edit([label('mine')])
  const abort = new AbortController()
  const given = sync?.flush(abort.signal).catch((error: unknown) => error)
  let done = false
  const waited = sync?.flush().then(() => (done = true))
  await vi.advanceTimersByTimeAsync(20_000)
  expect([doc.store.get().sync, done]).toEqual(['offline', false])
  abort.abort()
  expect(await given).toMatchObject({ name: 'AbortError' })
  reload.mockImplementation((() => Promise.resolve(draft([], 5))) as unknown as typeof away)
  window.dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(10)
  await waited
  expect(done).toBe(true)
})

it('who waits on a page that is left is told to give up', async () => {
  const doc = openAt(5)
  doc.edit([label('mine')])
  const told = sync?.flush().catch((error: unknown) => error)
  server.send.mockImplementation(away)
  sync?.stop()
  expect(await told).toMatchObject({ name: 'AbortError' })
})

it('a stream that ended with an error is opened again from where it was', async () => {
  const doc = openAt(5)
  expect(Stream.last.url).toContain('after=5')
  Stream.last.say('edits', { client: 'you', revision: 6, edits: [label('theirs')] })
  Stream.last.readyState = 2
  Stream.last.onerror?.()
  await vi.advanceTimersByTimeAsync(6000)
  expect(Stream.all).toHaveLength(2)
  expect(Stream.last.url).toContain('after=6')
  Stream.last.say('edits', { client: 'you', revision: 7, edits: [label('theirs again')] })
  expect(doc.workflow().nodes.a?.label).toBe('theirs again')
})

it('changes of others come in between, whichever way is quicker', async () => {
  const doc = openAt(5)
  server.send.mockImplementation(() => {
    Stream.last.say('edits', { client: 'you', revision: 6, edits: [{ op: 'set_label', id: 'b', label: 'theirs' }] })
    Stream.last.say('edits', { client: sentAs(), revision: 7, edits: [label('mine')] })
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
  Stream.last.say('edits', { client: sentAs(), revision: 6, edits: [label('one')] })
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
  Stream.last.say('edits', { client: 'me.2', revision: 7, edits: [label('one two')] })
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
  server.send.mockResolvedValue(answer({ revision: 7 }))
  Stream.last.say('again', { revision: 5 })
  await vi.advanceTimersByTimeAsync(10)
  Stream.last.say('edits', { client: 'you', revision: 6, edits: [{ op: 'set_label', id: 'b', label: 'theirs' }] })
  doc.edit([label('mine')])
  read(draft([], 5))
  await vi.advanceTimersByTimeAsync(200)
  expect([doc.workflow().nodes.a?.label, doc.workflow().nodes.b?.label]).toEqual(['mine', 'theirs'])
  expect(doc.store.get()).toMatchObject({ sync: 'saved', session: { revision: 7 } })
})

it('what the stream has told of arrived, though its answer is lost', async () => {
  const doc = openAt(5)
  server.send.mockImplementation(() => {
    Stream.last.say('edits', { client: sentAs(), revision: 6, edits: [label('mine')] })
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
