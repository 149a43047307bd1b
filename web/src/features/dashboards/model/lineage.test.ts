import { expect, it } from 'vitest'
import type { Lineage } from '@/api/types'
import { readFrom } from './lineage'

const node = (id: string, asset: string | null): Lineage['nodes'][number] => ({
  id, kind: asset ? 'asset' : 'run', name: id, stale: false, hidden: false, run: null,
  asset: asset ? { id: asset, kind: 'dataset', name: id, seq: 1 } : null,
})
const edge = (from: string, to: string) => ({ from, to, role: '' })
const own: Lineage = { nodes: [node('v-board', 'board')], edges: [], truncated: false }

it('a dashboard stands behind its sources and what they were made from, not beside what else was made of them', () => {
  const orders: Lineage = {
    nodes: [node('v-raw', 'raw'), node('import', null), node('v-orders', 'orders'), node('train', null), node('v-model', 'model')],
    edges: [edge('v-raw', 'import'), edge('import', 'v-orders'), edge('v-orders', 'train'), edge('train', 'v-model')],
    truncated: false,
  }
  const found = readFrom(own, 'board', [{ dataset: 'orders', lineage: orders }])
  expect(found.nodes.map((n) => n.id)).toEqual(['v-board', 'v-raw', 'import', 'v-orders'])
  expect(found.edges.map((e) => `${e.from}>${e.to}`)).toEqual(['v-raw>import', 'import>v-orders', 'v-orders>v-board'])
})

it('a source that the reader may not know of is there without a name', () => {
  const found = readFrom(own, 'board', [{ dataset: 'secret', lineage: null }])
  expect(found.nodes.at(-1)).toMatchObject({ hidden: true, name: '', asset: null })
  expect(found.edges).toEqual([edge('hidden-secret', 'v-board')])
})

it('two sources of one dataset are one', () => {
  const shops: Lineage = { nodes: [node('v-shops', 'shops')], edges: [], truncated: false }
  const twice = readFrom(own, 'board', [{ dataset: 'shops', lineage: shops }, { dataset: 'shops', lineage: shops }])
  expect([twice.nodes.length, twice.edges.length]).toEqual([2, 1])
})
