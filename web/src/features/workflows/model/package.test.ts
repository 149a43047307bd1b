import { expect, it } from 'vitest'
import type { Choice } from '@/api/packages'
import { openOutputs, openParams, previewOf, withOutput, withParam } from './package'
import { catalog, workflow } from './testing'

const words = (text: string) => ({ en: text, 'zh-CN': text })
const w = workflow('a=source b=sample c=split a>b b>c')
w.nodes.b = { ...w.nodes.b!, params: { rows: 12 } }
const choice: Choice = {
  nodes: ['b', 'c'], name: 'own-x', version: 1, category: 'own', title: words('Some rows'), summary: words(''), help: words(''),
  params: [], inputs: [{ name: 'table', to: [{ node: 'b', port: 'table' }], label: words('Rows') }], outputs: [],
}

it('shows settings with what is set now as their default', () => {
  const open = openParams(w, catalog(), choice)
  const rows = open.find((p) => p.node === 'b' && p.param === 'rows')!
  const made = withParam(choice, rows)
  expect(openParams(w, catalog(), made)).toHaveLength(open.length - 1)
  const schema = (previewOf(w, catalog(), made).params.properties as Record<string, Record<string, unknown>>).rows
  expect(schema).toMatchObject({ default: 12, 'x-label': rows.label })
  expect(schema).not.toHaveProperty('x-when')
  const needed = { ...made, params: made.params.map((p) => ({ ...p, required: true })) }
  expect(previewOf(w, catalog(), needed).params.required).toEqual(['rows'])
  expect((previewOf(w, catalog(), needed).params.properties as Record<string, object>).rows).not.toHaveProperty('default')
})

it('two of one name get names of their own', () => {
  const open = openOutputs(w, catalog(), choice)
  expect(open.length).toBeGreaterThan(2)
  const made = withOutput(withOutput(choice, { ...open[0]!, port: 'table' }), { ...open[0]!, port: 'table' })
  expect(made.outputs.map((o) => o.name)).toEqual(['table', 'table_2'])
})

it('ports have the kind of the port inside', () => {
  expect(previewOf(w, catalog(), choice).inputs).toEqual([{ name: 'table', kind: 'table', label: words('Rows'), help: undefined }])
})
