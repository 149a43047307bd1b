import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { PostgreSQL, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Annotation, EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { quoteName } from '@/lib/sql'

interface Props {
  id: string
  value: string
  columns: { name: string; type: string }[]
  labelledBy: string
  describedBy?: string
  hint: string
  /** How many lines are seen at least. */
  lines?: number
  onChange: (value: string) => void
}

/** Marks text that came from elsewhere (undo, another person), which is not to be told again. */
const fromOutside = Annotation.define<boolean>()

const look = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--ground)', color: 'var(--ink)', borderRadius: '6px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '5px 4px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: '6px', color: 'var(--ink)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--fill)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--ink-faint)', fontStyle: 'normal' },
  '.cm-placeholder': { color: 'var(--ink-faint)' },
})
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--warn)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--accent)' },
])
const FUNCTIONS = ['abs', 'avg', 'ceil', 'coalesce', 'concat', 'count', 'date_part', 'date_trunc', 'floor', 'greatest', 'least', 'length', 'ln', 'log10', 'lower', 'ltrim', 'max', 'min', 'nullif', 'power', 'regexp_like', 'regexp_replace', 'replace', 'round', 'sqrt', 'starts_with', 'substr', 'sum', 'trim', 'upper']

/** A few lines of SQL that complete the names of columns. */
export function ExpressionEditor({ id, value, columns, labelledBy, describedBy, hint, lines = 1, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef({ columns, onChange })
  useEffect(() => {
    latest.current = { columns, onChange }
  })
  useEffect(() => {
    if (!host.current) return
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(/["\p{L}_][\p{L}\p{N}_"]*/u)
      if (!word && !context.explicit) return null
      return {
        from: word?.from ?? context.pos,
        options: [
          ...latest.current.columns.map((c) => ({ label: quoteName(c.name), detail: c.type, type: 'property', boost: 2 })),
          ...FUNCTIONS.map((name) => ({ label: name, type: 'function', apply: `${name}(` })),
        ],
      }
    }
    // One source for the editor's life: answers are matched to the source that was asked.
    const data = [{ autocomplete: complete }]
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(), bracketMatching(), closeBrackets(), autocompletion({ icons: false }), sql({ dialect: PostgreSQL }),
          EditorState.languageData.of(() => data), syntaxHighlighting(colours), look, placeholder(hint), EditorView.lineWrapping,
          EditorView.contentAttributes.of({ id, 'aria-labelledby': labelledBy, ...(describedBy ? { 'aria-describedby': describedBy } : {}) }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && update.transactions.some((tr) => !tr.annotation(fromOutside))) latest.current.onChange(update.state.doc.toString())
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
    // The editor is made once; a value from elsewhere goes in through the effect below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value || (editor.hasFocus && editor.state.doc.toString().trim() === value.trim())) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, annotations: fromOutside.of(true) })
  }, [value])
  return <div ref={host} style={{ minHeight: lines * 20 + 10 }} onClick={() => view.current?.focus()} />
}
