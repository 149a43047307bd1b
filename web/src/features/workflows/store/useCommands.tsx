// Everything that can be done to the document, once: toolbar, menus, keyboard
// and the sheet of keys are all made from this list.
import { useReactFlow } from '@xyflow/react'
import { App } from 'antd'
import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Edit, Position, Workflow } from '@/api/workflow'
import { useParam, useSetParams } from '@/lib/router'
import { align, distribute, type Align } from '../model/align'
import { chosenNodes, frameUp, move, remove, snapped, unframe } from '../model/changes'
import { copy, paste, readClip } from '../model/clip'
import { componentId } from '../model/connect'
import { newId } from '../model/ids'
import { layout, NODE } from '../model/layout'
import { topological } from '../model/order'
import { useDoc } from './document'
import { turnFrames } from './fold'
import { useRunActions } from './useRunActions'
import { useWork } from './work'

export type Group = 'run' | 'edit' | 'add' | 'arrange' | 'view'

interface Command {
  id: string
  group: Group
  /** As `Mod+Shift+z`; the first is shown. */
  keys: string[]
  /** Whether it changes the document. */
  edits?: boolean
  run: () => void
}

export type Commands = Record<CommandId, Command>
export type CommandId =
  | 'run' | 'runUntil' | 'runAgain' | 'stop' | 'save' | 'versions' | 'undo' | 'redo' | 'copy' | 'cut'
  | 'paste' | 'duplicate' | 'delete' | 'all' | 'none' | 'add' | 'note' | 'connect' | 'frame' | 'unframe'
  | 'fold' | 'layout' | 'alignLeft' | 'alignCenter' | 'alignRight' | 'alignTop' | 'alignMiddle'
  | 'alignBottom' | 'spreadX' | 'spreadY' | 'fit' | 'fitSelection' | 'zoomIn' | 'zoomOut' | 'zoomOne' | 'map'
  | 'palette' | 'help' | 'next' | 'previous' | 'settings' | 'rename' | 'runWith' | 'declare' | 'results' | 'schedule' | 'comments' | 'package' | 'publish' | 'notebook' | 'bring' | 'file'

let clipboard = ''

/** What the browser handed over with the keys of pasting, which needs no leave of the person. */
export const handed: { text: string | null } = { text: null }

/** Where the name of what is chosen is written: at the head of its panel. */
export function writeName(): void {
  const field = document.querySelector<HTMLInputElement>('[data-inspector] header input:not(:disabled)')
  field?.focus()
  field?.select()
}

/** Where the pointer last was over the canvas, on the screen. */
export const pointer: { at: Position | null } = { at: null }

export function useCommands(): Commands {
  const { t } = useTranslation('workflows')
  const doc = useDoc()
  const { canDraw, catalog } = useWork()
  const set = useSetParams()
  const [panel] = useParam('panel')
  const [port] = useParam('port')
  const [side] = useParam('side')
  // Read when a command runs; the commands themselves stay the same.
  const latest = useRef({ panel, port, side })
  useEffect(() => {
    latest.current = { panel, port, side }
  })
  const flow = useReactFlow()
  const { message } = App.useApp()
  const actions = useRunActions()
  return useMemo(() => {
    const w = (): Workflow => doc.workflow()
    const chosen = () => doc.store.get().selection
    const nodes = () => chosenNodes(w(), chosen())
    const edit = (edits: Edit[], select?: Iterable<string>) => {
      if (!canDraw) return
      doc.edit(edits)
      if (select) doc.select(select)
    }
    /** Where something new belongs: at the pointer, else in the middle of what is seen. */
    const here = (): Position => {
      const box = document.querySelector('.react-flow')?.getBoundingClientRect()
      const middle = { x: (box?.left ?? 0) + (box?.width ?? 800) / 2, y: (box?.top ?? 0) + (box?.height ?? 600) / 2 }
      return snapped(flow.screenToFlowPosition(pointer.at ?? middle))
    }
    const putClip = () => {
      const clip = copy(w(), chosen())
      const count = Object.keys(clip.nodes).length
      if (count + Object.keys(clip.notes).length === 0) return false
      clipboard = JSON.stringify(clip)
      void navigator.clipboard?.writeText(clipboard).catch(() => undefined)
      void message.success(t('canvas.clip', { count }))
      return true
    }
    const pasteText = (text: string, at: Position | null) => {
      const clip = readClip(text)
      if (!clip) return void message.info(t('canvas.clipNone'))
      const { edits, ids } = paste(clip, at)
      edit(edits, ids)
    }
    const step = (by: 1 | -1) => {
      const order = topological(w())
      const now = [...chosen()].find((id) => w().nodes[id])
      const at = now === undefined ? (by === 1 ? 0 : order.length - 1) : order.indexOf(now) + by
      const id = order[(at + order.length) % order.length]
      const node = id === undefined ? undefined : w().nodes[id]
      if (!node || id === undefined) return
      doc.select([id])
      const { x, y, zoom } = flow.getViewport()
      const box = document.querySelector('.react-flow')?.getBoundingClientRect()
      const [sx, sy] = [node.position.x * zoom + x, node.position.y * zoom + y]
      if (box && (sx < 250 || sy < 20 || sx + NODE.width * zoom > box.width - 360 || sy + NODE.height * zoom > box.height - 80)) void flow.setCenter(node.position.x + NODE.width / 2, node.position.y + NODE.height / 2, { zoom, duration: 150 })
    }
    const lined = (how: Align) => () => edit(align(w(), nodes(), how))
    /** The room beside and above the panels that are open. */
    const room = (inspector: boolean) => {
      const { panel, side } = latest.current
      const { palette, resultsHeight } = doc.store.get()
      return fitOptions(canDraw && palette && !panel, inspector || Boolean(side), panel ? resultsHeight : 0)
    }
    const fit = () => void flow.fitView(room(chosen().size > 0))
    const all: [CommandId, Group, string[], () => void, boolean?][] = [
      ['run', 'run', ['Mod+Enter'], () => actions.start({})],
      ['runWith', 'run', ['Mod+Alt+Enter'], () => doc.store.set({ dialog: 'run' })],
      ['runUntil', 'run', ['Shift+Enter'], () => nodes().size && actions.start({ until: [...nodes()] })],
      ['runAgain', 'run', ['Mod+Shift+Enter'], () => actions.start({ again: true })],
      ['stop', 'run', ['Mod+.'], () => actions.stop()],
      ['save', 'run', ['Mod+s'], () => canDraw && doc.store.set({ dialog: 'save' })],
      ['versions', 'run', ['Mod+Shift+h'], () => doc.store.set({ dialog: 'versions' })],
      ['undo', 'edit', ['Mod+z'], () => canDraw && doc.undo(), true],
      ['redo', 'edit', ['Mod+Shift+z', 'Mod+y'], () => canDraw && doc.redo(), true],
      ['copy', 'edit', ['Mod+c'], () => putClip()],
      ['cut', 'edit', ['Mod+x'], () => { if (canDraw && putClip()) edit(remove(w(), chosen()), []) }, true],
      ['paste', 'edit', ['Mod+v'], () => {
        const at = pointer.at ? here() : null
        if (handed.text !== null) return pasteText(readClip(handed.text) ? handed.text : clipboard || handed.text, at)
        const read = navigator.clipboard?.readText?.() ?? Promise.reject(new Error())
        read.then((text) => pasteText(readClip(text) ? text : clipboard || text, at), () => pasteText(clipboard, at))
      }, true],
      ['duplicate', 'edit', ['Mod+d'], () => { const { edits, ids } = paste(copy(w(), chosen()), null); edit(edits, ids) }, true],
      ['delete', 'edit', ['Delete', 'Backspace'], () => edit(remove(w(), chosen()), []), true],
      ['all', 'edit', ['Mod+a'], () => doc.select([...Object.keys(w().nodes), ...Object.keys(w().notes ?? {})])],
      ['none', 'edit', ['Escape'], () => doc.select([])],
      ['settings', 'edit', ['Enter'], () => document.querySelector<HTMLElement>('[data-inspector] input, [data-inspector] textarea, [data-inspector] button')?.focus()],
      ['rename', 'edit', ['F2'], writeName, true],
      ['add', 'add', ['/'], () => canDraw && doc.store.set({ quick: { at: here(), from: null } }), true],
      ['connect', 'add', ['c'], () => canDraw && nodes().size === 1 && doc.store.set({ dialog: 'connect' }), true],
      ['note', 'add', ['n'], () => { const id = newId('t'); edit([{ op: 'add_note', id, note: { text: '', position: here(), size: { width: 220, height: 100 } } }], [id]) }, true],
      ['package', 'add', ['Mod+Alt+g'], () => canDraw && nodes().size > 0 && doc.store.set({ dialog: 'package' }), true],
      ['publish', 'run', [], () => canDraw && doc.store.set({ dialog: 'publish' })],
      ['notebook', 'run', [], () => actions.notebook()],
      ['bring', 'run', [], () => canDraw && doc.store.set({ dialog: 'bring' })],
      ['file', 'run', [], () => actions.file()],
      ['frame', 'add', ['Mod+g'], () => { const made = frameUp(w(), nodes(), t('frame.new')); if (made) edit(made.edits, [made.id]) }, true],
      ['unframe', 'add', ['Mod+Shift+g'], () => edit(unframe(w(), chosen())), true],
      ['fold', 'add', ['f'], () => {
        const ids = new Set([...chosen()].flatMap((id) => (w().frames?.[id] ? [id] : (w().nodes[id]?.frame ?? []))))
        if (canDraw && ids.size > 0) turnFrames(doc, [...ids])
      }, true],
      ['layout', 'arrange', ['l'], () => { edit(layout(w(), nodes().size > 1 ? nodes() : new Set())); if (nodes().size < 2) setTimeout(fit, 30) }, true],
      ['alignLeft', 'arrange', ['Alt+a'], lined('left'), true],
      ['alignCenter', 'arrange', ['Alt+h'], lined('center'), true],
      ['alignRight', 'arrange', ['Alt+d'], lined('right'), true],
      ['alignTop', 'arrange', ['Alt+w'], lined('top'), true],
      ['alignMiddle', 'arrange', ['Alt+v'], lined('middle'), true],
      ['alignBottom', 'arrange', ['Alt+s'], lined('bottom'), true],
      ['spreadX', 'arrange', ['Alt+Shift+h'], () => edit(distribute(w(), nodes(), 'horizontal')), true],
      ['spreadY', 'arrange', ['Alt+Shift+v'], () => edit(distribute(w(), nodes(), 'vertical')), true],
      ['fit', 'view', ['Shift+1', '0'], fit],
      ['fitSelection', 'view', ['Shift+2'], () => void flow.fitView({ ...room(true), nodes: [...nodes()].map((id) => ({ id })), maxZoom: 1.2 })],
      ['zoomIn', 'view', ['+', '='], () => void flow.zoomIn({ duration: 120 })],
      ['zoomOut', 'view', ['-'], () => void flow.zoomOut({ duration: 120 })],
      ['zoomOne', 'view', ['1'], () => void flow.zoomTo(1, { duration: 120 })],
      ['map', 'view', ['m'], () => doc.store.set((old) => ({ map: !old.map }))],
      ['palette', 'view', ['p'], () => doc.store.set((old) => ({ palette: !old.palette }))],
      ['next', 'view', [']', 'ArrowRight'], () => step(1)],
      ['previous', 'view', ['[', 'ArrowLeft'], () => step(-1)],
      ['declare', 'view', ['i'], () => set({ side: latest.current.side === 'declare' ? undefined : 'declare' })],
      ['schedule', 'view', ['Mod+Shift+s'], () => set({ side: latest.current.side === 'schedule' ? undefined : 'schedule' })],
      ['comments', 'view', ['Mod+Shift+m'], () => set({ side: latest.current.side === 'comments' ? undefined : 'comments' })],
      ['results', 'view', ['o'], () => {
        // Pressed again it goes on to the next port of the step.
        const id = [...chosen()].find((one) => w().nodes[one])
        const ports = id === undefined ? [] : (catalog.get(componentId(w().nodes[id]!.component))?.outputs ?? []).map((p) => p.name)
        const { panel, port } = latest.current
        const next = panel === 'rows' ? (ports.indexOf(port) + 1 || (ports.length > 1 ? 1 : 0)) : 0
        set({ panel: 'rows', port: ports[next % Math.max(1, ports.length)] })
      }],
      ['help', 'view', ['?'], () => doc.store.set({ dialog: 'help' })],
    ]
    return Object.fromEntries(all.map(([id, group, keys, run, edits]) => [id, { id, group, keys, run, edits } satisfies Command])) as Commands
  }, [doc, canDraw, flow, message, actions, t, set, catalog])
}

/** What is shown stays clear of the panels. */
export const fitOptions = (palette: boolean, inspector: boolean, results: number) => {
  const wide = window.innerWidth > 900
  return { duration: 200, maxZoom: 1, padding: { top: '40px', bottom: `${results + (results > 0 ? 30 : 60)}px`, left: wide && palette ? '270px' : '30px', right: wide && inspector ? '380px' : '50px' } } as const
}

/** Moves what is chosen with the arrow keys. */
export function useNudge(): (by: Position) => void {
  const doc = useDoc()
  const { canDraw } = useWork()
  return useMemo(() => (by: Position) => canDraw && doc.edit(move(doc.workflow(), doc.store.get().selection, by)), [doc, canDraw])
}
