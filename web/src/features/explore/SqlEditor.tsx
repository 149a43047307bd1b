import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { PostgreSQL, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, Prec, StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder, type DecorationSet } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import type { CatalogTable } from '@/api/types'
import { tableCompletion } from './completion'

export interface SqlEditorHandle {
  /** What is selected, or all of it. */
  text(): string
  set(text: string): void
  insert(text: string): void
  focus(): void
}

interface Props {
  ref?: Ref<SqlEditorHandle>
  initial: string
  catalog: CatalogTable[]
  label: string
  hint: string
  /** The line that an error is about. */
  wrongLine: number | null
  onRun: () => void
  onChange: (text: string) => void
}

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13.5px', backgroundColor: 'var(--ground)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '10px 0' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-faint)', border: 'none', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--fill) 55%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground, ::selection': { backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: '6px', color: 'var(--ink)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--fill)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--ink-faint)', fontStyle: 'normal' },
  '.cm-matchingBracket': { backgroundColor: 'var(--fill) !important', outline: '1px solid var(--accent)' },
  '.cm-wrong': { backgroundColor: 'color-mix(in srgb, var(--fail) 18%, transparent)' },
  '.cm-placeholder': { color: 'var(--ink-faint)' },
})

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--warn)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--syntax-number)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--ink-faint)', fontStyle: 'italic' },
  { tag: tags.typeName, color: 'var(--syntax-number)' },
])

const markLine = StateEffect.define<number | null>()
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue
      const line = effect.value
      if (line === null || line < 1 || line > transaction.state.doc.lines) return Decoration.none
      return Decoration.set([Decoration.line({ class: 'cm-wrong' }).range(transaction.state.doc.line(line).from)])
    }
    return transaction.docChanged ? Decoration.none : value
  },
  provide: (field) => EditorView.decorations.from(field),
})

/** SQL with the project's tables and columns at hand. Ctrl Enter runs. */
export function SqlEditor({ ref, initial, catalog, label, hint, wrongLine, onRun, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const language = useRef(new Compartment())
  const tables = useRef(catalog)
  const latest = useRef({ onRun, onChange })
  useEffect(() => {
    latest.current = { onRun, onChange }
    tables.current = catalog
  })
  useEffect(() => {
    if (!host.current) return
    // One source for the editor's life: answers are matched to the source that was asked.
    const data = [{ autocomplete: tableCompletion(() => tables.current) }]
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: (view) => {
                  closeCompletion(view)
                  latest.current.onRun()
                  return true
                },
              },
            ]),
          ),
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          autocompletion({ icons: false }),
          language.current.of(sql({ dialect: PostgreSQL })),
          EditorState.languageData.of(() => data),
          syntaxHighlighting(colours),
          marked,
          look,
          placeholder(hint),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap]),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
    // The editor is made once; what changes later goes in through the effects below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  useEffect(() => {
    view.current?.dispatch({ effects: markLine.of(wrongLine) })
  }, [wrongLine])
  useImperativeHandle(ref, () => ({
    text: () => {
      const state = view.current?.state
      if (!state) return ''
      const { from, to } = state.selection.main
      return from === to ? state.doc.toString() : state.sliceDoc(from, to)
    },
    set: (text) => view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: text } }),
    insert: (text) => {
      const editor = view.current
      if (!editor) return
      editor.dispatch(editor.state.replaceSelection(text))
      editor.focus()
    },
    focus: () => view.current?.focus(),
  }))
  return <div ref={host} style={{ height: "100%", overflow: "hidden" }} />
}
