// What tests of workflows share: making them, and asking how they stand.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { until } from './server.mjs'
import { world } from './world.mjs'

export const node = (name, params, x) => ({ component: { name, version: 1 }, params, position: { x, y: 0 } })
export const edge = (from, to) => ({ from: { node: from, port: 'table' }, to: { node: to, port: 'table' } })

export const here = (path) => new URL(`../../${path}`, import.meta.url)
export const shared = process.env.TANDEM_SHARED_DATA ? new URL(`file://${process.env.TANDEM_SHARED_DATA}/`) : here('../shared/data/')

/** Asks the server as this person, with what a browser sends along. */
export async function post(me, path, data, headers = {}) {
  const { csrf_token } = await me.api('/session')
  const answer = await me.page.request.post(`/api/v1${path}`, { data, headers: { 'x-csrf-token': csrf_token, ...headers } })
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
  return answer.json()
}

/** transactions → keep → by, of the demo's data. */
export async function made(me, name) {
  const { items } = await me.api(`/projects/${world.demo.project}/assets?kind=dataset`)
  const dataset = items.find((asset) => asset.name === 'transactions').id
  const workflow = {
    format: 1,
    nodes: {
      data: node('dataset', { dataset }, 0),
      keep: node('filter', { conditions: [{ column: 'sales_value', operator: 'more', value: '0' }] }, 240),
      by: node('group', { by: ['store_id'], totals: [{ function: 'sum', column: 'sales_value', name: 'sales' }] }, 480),
    },
    edges: { e1: edge('data', 'keep'), e2: edge('keep', 'by') },
  }
  return (await post(me, `/projects/${world.demo.project}/workflows`, { name, workflow })).asset.id
}

/** A file as a dataset of the project; its id. */
export async function imported(me, name, bytes) {
  const project = `/projects/${world.demo.project}`
  const upload = await post(me, `${project}/uploads?name=${name}.csv`, bytes, { 'content-type': 'application/octet-stream' })
  const asked = { source: { type: 'upload', upload_id: upload.id }, target: { name }, mode: 'replace' }
  const { id } = await post(me, `${project}/import`, asked)
  const run = await until('the import', async () => {
    const view = await me.api(`/runs/${id}`)
    return ['succeeded', 'failed'].includes(view.state) && view
  })
  assert.equal(run.state, 'succeeded', JSON.stringify(run.error))
  return run.outputs[0].asset.id
}

/** A workflow that ships, reading a dataset where it has an input. */
export function sample(name, input, dataset) {
  const { inputs, ...workflow } = JSON.parse(readFileSync(here(`samples/workflows/${name}.json`), 'utf8'))
  workflow.nodes.data = node('dataset', { dataset }, -260)
  for (const [at, to] of inputs[input].to.entries()) workflow.edges[`in${at}`] = { from: { node: 'data', port: 'table' }, to }
  return workflow
}

export const step = (me, id) => me.page.locator(`.react-flow__node[data-id="${id}"]`)
export const states = (me, id) => me.api(`/workflows/${id}/states`)
