import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

const node = (name, params, x) => ({ component: { name, version: 1 }, params, position: { x, y: 0 } })
const edge = (from, to) => ({ from: { node: from, port: 'table' }, to: { node: to, port: 'table' } })

const here = (path) => new URL(`../../../${path}`, import.meta.url)
const shared = process.env.TANDEM_SHARED_DATA ? new URL(`file://${process.env.TANDEM_SHARED_DATA}/`) : here('../shared/data/')

/** Asks the server as this person, with what a browser sends along. */
async function post(me, path, data, headers = {}) {
  const { csrf_token } = await me.api('/session')
  const answer = await me.page.request.post(`/api/v1${path}`, { data, headers: { 'x-csrf-token': csrf_token, ...headers } })
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
  return answer.json()
}

/** transactions → keep → by, of the demo's data. */
async function made(me, name) {
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
async function imported(me, name, bytes) {
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
function sample(name, input, dataset) {
  const { inputs, ...workflow } = JSON.parse(readFileSync(here(`samples/workflows/${name}.json`), 'utf8'))
  workflow.nodes.data = node('dataset', { dataset }, -260)
  for (const [at, to] of inputs[input].to.entries()) workflow.edges[`in${at}`] = { from: { node: 'data', port: 'table' }, to }
  return workflow
}

const step = (me, id) => me.page.locator(`.react-flow__node[data-id="${id}"]`)
const states = (me, id) => me.api(`/workflows/${id}/states`)

export function tests() {
  test('a workflow is opened, run from its page, and its rows are looked at', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'Sales of stores')
    await me.open(me.project('/workflows'))
    await me.see('Sales of stores')
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    assert.equal((await states(me, id)).nodes.by.state, 'waiting')
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    await until('the run', async () => (await states(me, id)).nodes.by.state === 'succeeded')
    const { nodes } = await states(me, id)
    assert.ok(nodes.by.rows.table > 10, JSON.stringify(nodes.by))
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.button('Look at the result').click()
    await me.page.getByRole('grid').first().waitFor()
    await me.see('store_id')
    await me.done()
  })

  test('two people see what the other does, and nothing is lost', async () => {
    const one = await person({ width: 1440 })
    const two = await person({ width: 1440 })
    const id = await made(one, 'Drawn by two')
    for (const me of [one, two]) {
      await me.open(me.project(`/workflows/${id}`))
      await step(me, 'by').waitFor()
    }
    // One removes a step on the page; for the other it goes.
    await step(one, 'by').click({ position: { x: 60, y: 14 } })
    await one.page.keyboard.press('Delete')
    await step(two, 'by').waitFor({ state: 'detached' })
    // The other takes it out of the keep as well, the first undoes: both hold.
    await post(two, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_label', id: 'keep', label: 'Sold, not returned' }] })
    await step(one, 'keep').getByText('Sold, not returned').waitFor()
    await one.page.keyboard.press('Control+z')
    await step(two, 'by').waitFor()
    await until('both edits', async () => {
      const { workflow } = await one.api(`/workflows/${id}`)
      return workflow.nodes.by && workflow.nodes.keep.label === 'Sold, not returned' && workflow.edges.e2
    })
    await one.done()
    await two.done()
  })

  test('what is wrong is said at the step', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const id = await made(me, '出错的流程')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_param', id: 'by', param: 'by', value: ['no_such_column'] }] })
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.see('输入中没有“no_such_column”列')
    await me.done()
  })

  for (const [name, input, file, least, most] of [
    ['telco-churn', 'customers', 'telco_churn_ibm/Telco-Customer-Churn.csv', 0.83, 0.86],
    ['german-credit', 'applicants', 'german_credit/german_credit.csv', 0.73, 0.78],
  ]) {
    const there = existsSync(new URL(file, shared))
    test(`${name}: from the raw file to a model that is judged and explained`, { skip: !there && `there is no ${file} (set TANDEM_SHARED_DATA)` }, async () => {
      const me = await person({ width: 1440 })
      const dataset = await imported(me, input, readFileSync(new URL(file, shared)))
      const workflow = sample(name, input, dataset)
      const { asset } = await post(me, `/projects/${world.demo.project}/workflows`, { name, workflow })
      await me.open(me.project(`/workflows/${asset.id}`))
      await step(me, 'judge').waitFor()
      await me.page.getByRole('button', { name: 'Run', exact: true }).click()
      await until('the run', async () => {
        const { nodes } = await states(me, asset.id)
        assert.ok(!Object.values(nodes).some((one) => one.state === 'failed'), JSON.stringify(nodes))
        return nodes.explain.state === 'succeeded' && nodes.judge.state === 'succeeded'
      })
      const { rows } = await post(me, `/workflows/${asset.id}/preview`, { node: 'judge', port: 'metrics' })
      const auc = rows.find(([measure]) => measure === 'auc')[1]
      assert.ok(auc > least && auc < most, `the area under the curve is ${auc}`)
      await step(me, 'judge').click({ position: { x: 60, y: 14 } })
      await me.button('Look at the result').click()
      await me.page.getByRole('grid').first().waitFor()
      await me.done()
    })
  }
}
