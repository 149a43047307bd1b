import { useReactFlow } from '@xyflow/react'
import { useEffect } from 'react'
import { NODE } from '../model/layout'
import { useDoc, useSelected } from './document'

const EDGE = 16

/** Keeps the chosen step in sight: when panels would cover it, the canvas moves just as far as it must. */
export function useReveal(below: number): void {
  const doc = useDoc()
  const flow = useReactFlow()
  const id = useSelected()
  useEffect(() => {
    // After the panels have opened and the canvas has its first view.
    const timer = setTimeout(() => {
      const at = id === null ? undefined : doc.workflow().nodes[id]?.position
      const box = document.querySelector('.react-flow')?.getBoundingClientRect()
      if (!at || !box || doc.store.get().moving) return
      const side = document.querySelector('[data-inspector]')?.getBoundingClientRect()
      const narrow = window.innerWidth < 768
      const left = !narrow && doc.store.get().palette && below === 0 && !doc.readonly ? 248 : 0
      const right = box.width - (side && !narrow ? side.width + 20 : 0)
      const bottom = box.height - (narrow && side ? side.height : below)
      const { x, y, zoom } = flow.getViewport()
      const [nx, ny, nw, nh] = [at.x * zoom + x, at.y * zoom + y, NODE.width * zoom, NODE.height * zoom]
      const by = (from: number, size: number, low: number, high: number) => (from < low + EDGE ? low + EDGE - from : from + size > high - EDGE ? high - EDGE - from - size : 0)
      const [dx, dy] = [by(nx, nw, left, right), by(ny, nh, 0, bottom)]
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 160 })
    }, 60)
    return () => clearTimeout(timer)
  }, [doc, flow, id, below])
}
