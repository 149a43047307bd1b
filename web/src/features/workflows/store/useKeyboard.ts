import { useEffect } from 'react'
import { inField, isKey, onCanvas } from '../model/keyboard'
import { watchTyping } from '../model/typing'
import { useDoc } from './document'
import { handed, useNudge, type Commands } from './useCommands'

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/** Every command by its keys, wherever the focus is but in a field. */
export function useKeyboard(commands: Commands): void {
  const doc = useDoc()
  const nudge = useNudge()
  useEffect(() => {
    const typing = watchTyping()
    const onKey = (event: KeyboardEvent) => {
      if (typing.isLost(event)) {
        event.preventDefault()
        event.stopPropagation()
        return
      }
      const saving = (isKey(event, 'Mod+s') || isKey(event, 'Mod+Enter')) && doc.store.get().dialog === null
      // The browser hands over what is pasted with an event of its own.
      if (isKey(event, 'Mod+v')) return
      if (event.defaultPrevented || doc.store.get().quick || (inField(event.target) && !saving)) return
      // Words that were selected on the page are copied as words.
      if (isKey(event, 'Mod+c') && String(window.getSelection() ?? '') !== '') return
      const arrow = ARROWS[event.key]
      const onButton = event.target instanceof Element && event.target.closest('button, a, [role=tab], [role=separator], [role=radiogroup]')
      if (arrow && !onButton && doc.store.get().selection.size > 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        const by = event.shiftKey ? 50 : 10
        nudge({ x: arrow[0] * by, y: arrow[1] * by })
        event.preventDefault()
        event.stopPropagation()
        return
      }
      if (onButton && ['Enter', ' ', ...Object.keys(ARROWS)].includes(event.key) && !event.ctrlKey && !event.shiftKey) return
      for (const command of Object.values(commands)) {
        if (!command.keys.some((keys) => isKey(event, keys))) continue
        // A bare letter that changes something is one only where it can't be meant for anything else.
        if (command.edits && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !onCanvas(event.target)) return
        event.preventDefault()
        command.run()
        return
      }
    }
    // Before React Flow, which moves what is focused by itself.
    const onPaste = (event: ClipboardEvent) => {
      if (inField(event.target) || doc.store.get().quick) return
      handed.text = event.clipboardData?.getData('text/plain') ?? ''
      commands.paste.run()
      handed.text = null
    }
    window.addEventListener('keydown', onKey, { capture: true })
    window.addEventListener('pointerdown', typing.clicked, { capture: true })
    window.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true })
      window.removeEventListener('pointerdown', typing.clicked, { capture: true })
      window.removeEventListener('paste', onPaste)
    }
  }, [commands, doc, nudge])
}
