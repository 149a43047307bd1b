// Where nodes lie: layers from left to right with few crossings, after
// Sugiyama, Tagawa and Toda (1981), the same way as crates/tandem-flow/src/layout.
import type { Edit, Position, Workflow } from '@/api/workflow'
import { topological } from './order'

export const NODE = { width: 220, height: 76 } as const
const GAP = { x: 90, y: 34 } as const
const SWEEPS = 12
const ROUNDS = 8

interface Layers {
  /** The node that a vertex is; -1 for a place where a long connection crosses a layer. */
  node: number[]
  before: number[][]
  behind: number[][]
  order: number[][]
}

/** Moves the chosen nodes (all where there are none) into layers; their upper left corner stays. */
export function layout(w: Workflow, chosen: ReadonlySet<string>): Edit[] {
  const ids = topological(w).filter((id) => chosen.size === 0 || chosen.has(id))
  if (ids.length === 0) return []
  const place = new Map(ids.map((id, at) => [id, at]))
  const pairs = new Map<string, [number, number]>()
  for (const { from, to } of Object.values(w.edges)) {
    const [a, b] = [place.get(from.node), place.get(to.node)]
    if (a !== undefined && b !== undefined && a < b) pairs.set(`${a} ${b}`, [a, b])
  }
  const edges = [...pairs.values()].sort((x, y) => x[0] - y[0] || x[1] - y[1])
  const now = (id: string): Position => w.nodes[id]?.position ?? { x: 0, y: 0 }
  const left = Math.min(...ids.map((id) => now(id).x))
  let top = Math.min(...ids.map((id) => now(id).y))
  const edits: Edit[] = []
  for (const part of parts(ids.length, edges)) {
    const layers = makeLayers(part, edges)
    untangle(layers)
    const placed = placeAll(layers)
    for (const [node, layer, y] of placed.nodes) {
      const id = ids[node] as string
      const position = { x: left + layer * (NODE.width + GAP.x), y: Math.round(top + y) }
      const was = now(id)
      if (was.x !== position.x || was.y !== position.y) edits.push({ op: 'move_node', id, position })
    }
    top += placed.height + 2 * GAP.y
  }
  return edits
}

function parts(count: number, edges: [number, number][]): number[][] {
  const head = Array.from({ length: count }, (_, at) => at)
  const find = (at: number): number => {
    while (head[at] !== at) at = head[at] = head[head[at] as number] as number
    return at
  }
  for (const [from, to] of edges) {
    const [a, b] = [find(from), find(to)]
    head[Math.max(a, b)] = Math.min(a, b)
  }
  const found = new Map<number, number[]>()
  for (let at = 0; at < count; at += 1) found.set(find(at), [...(found.get(find(at)) ?? []), at])
  return [...found.values()]
}

function makeLayers(part: number[], all: [number, number][]): Layers {
  const index = new Map(part.map((node, at) => [node, at]))
  const edges = all.flatMap(([a, b]): [number, number][] => {
    const [from, to] = [index.get(a), index.get(b)]
    return from === undefined || to === undefined ? [] : [[from, to]]
  })
  const depth: number[] = part.map(() => 0)
  for (const [from, to] of edges) depth[to] = Math.max(depth[to] as number, (depth[from] as number) + 1)
  const fed = new Set(edges.map(([, to]) => to))
  part.forEach((_, at) => {
    if (fed.has(at)) return
    const first = edges.filter(([from]) => from === at).map(([, to]) => depth[to] as number)
    depth[at] = first.length ? Math.min(...first) - 1 : 0
  })
  const layers: Layers = { node: [...part], before: part.map(() => []), behind: part.map(() => []), order: Array.from({ length: Math.max(...depth) + 1 }, () => []) }
  depth.forEach((layer, at) => layers.order[layer]?.push(at))
  const connect = (a: number, b: number) => {
    layers.behind[a]?.push(b)
    layers.before[b]?.push(a)
  }
  for (const [from, to] of edges) {
    let last = from
    for (let layer = (depth[from] as number) + 1; layer < (depth[to] as number); layer += 1) {
      const vertex = layers.node.length
      layers.node.push(-1)
      layers.before.push([])
      layers.behind.push([])
      layers.order[layer]?.push(vertex)
      connect(last, vertex)
      last = vertex
    }
    connect(last, to)
  }
  return layers
}

/** How many pairs of connections cross. */
function crossings(order: readonly number[][], behind: readonly number[][], at: readonly number[]): number {
  let total = 0
  for (const layer of order) {
    const ends = layer.flatMap((v) => (behind[v] ?? []).map((other) => at[other] as number).sort((a, b) => a - b))
    // A Fenwick tree counts the ends so far that lie further down.
    const tree = new Array<number>(Math.max(0, ...ends) + 2).fill(0)
    ends.forEach((end, seen) => {
      let above = 0
      for (let i = end + 1; i > 0; i &= i - 1) above += tree[i] as number
      total += seen - above
      for (let i = end + 1; i < tree.length; i += i & -i) tree[i] = (tree[i] as number) + 1
    })
  }
  return total
}

function untangle(layers: Layers): void {
  const at = new Array<number>(layers.node.length).fill(0)
  const number = () => layers.order.forEach((order) => order.forEach((v, place) => (at[v] = place)))
  number()
  let best = { crossings: crossings(layers.order, layers.behind, at), order: layers.order.map((o) => [...o]) }
  for (let sweep = 0; sweep < SWEEPS && best.crossings > 0; sweep += 1) {
    const forwards = sweep % 2 === 0
    for (let step = 1; step < layers.order.length; step += 1) {
      const layer = forwards ? step : layers.order.length - 1 - step
      const near = forwards ? layers.before : layers.behind
      const centre = (v: number) => {
        const others = near[v] ?? []
        return others.length ? others.reduce((sum, o) => sum + (at[o] as number), 0) / others.length : (at[v] as number)
      }
      const order = (layers.order[layer] ?? []).map((v) => [centre(v), v] as const)
      // Equals keep their order on the way there and change it on the way back, which gets out of dead ends.
      if (!forwards) order.reverse()
      order.sort((a, b) => a[0] - b[0])
      layers.order[layer] = order.map(([, v]) => v)
      layers.order[layer].forEach((v, place) => (at[v] = place))
    }
    const count = crossings(layers.order, layers.behind, at)
    if (count < best.crossings) best = { crossings: count, order: layers.order.map((o) => [...o]) }
  }
  layers.order = best.order
}

function placeAll(layers: Layers): { nodes: [number, number, number][]; height: number } {
  const high = (v: number) => (layers.node[v] === -1 ? 2 : NODE.height)
  const gap = (a: number, b: number) => (high(a) + high(b)) / 2 + (layers.node[a] !== -1 && layers.node[b] !== -1 ? GAP.y : GAP.y / 2)
  const middle = new Array<number>(layers.node.length).fill(0)
  for (const order of layers.order) {
    let y = 0
    order.forEach((v, place) => {
      if (place > 0) y += gap(order[place - 1] as number, v)
      middle[v] = y
    })
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const forwards = round % 2 === 0
    for (let step = 0; step < layers.order.length; step += 1) {
      const order = layers.order[forwards ? step : layers.order.length - 1 - step] ?? []
      const near = forwards ? layers.before : layers.behind
      const wishes = order.map((v) => {
        const others = near[v] ?? []
        return others.length ? others.reduce((sum, o) => sum + (middle[o] as number), 0) / others.length : (middle[v] as number)
      })
      fit(wishes, order.slice(1).map((v, i) => gap(order[i] as number, v))).forEach((y, i) => (middle[order[i] as number] = y))
    }
  }
  const nodes = layers.order.flatMap((order, layer) =>
    order.flatMap((v): [number, number, number][] => (layers.node[v] === -1 ? [] : [[layers.node[v] as number, layer, (middle[v] as number) - high(v) / 2]])),
  )
  const top = Math.min(...nodes.map((n) => n[2]))
  nodes.forEach((n) => (n[2] -= top))
  return { nodes, height: Math.max(0, ...nodes.map((n) => n[2] + NODE.height)) }
}

/** The places nearest to what is wished (least squares) that keep their order and the gaps: pooling adjacent violators. */
export function fit(wishes: readonly number[], gaps: readonly number[]): number[] {
  let sum = 0
  const offsets = wishes.map((_, at) => (sum += at === 0 ? 0 : (gaps[at - 1] as number)))
  const blocks: [number, number][] = []
  wishes.forEach((wish, at) => {
    let block: [number, number] = [wish - (offsets[at] as number), 1]
    for (let last = blocks.at(-1); last && last[0] / last[1] > block[0] / block[1]; last = blocks.at(-1)) {
      block = [block[0] + last[0], block[1] + last[1]]
      blocks.pop()
    }
    blocks.push(block)
  })
  return blocks.flatMap(([total, count]) => new Array<number>(count).fill(total / count)).map((level, at) => level + (offsets[at] as number))
}
