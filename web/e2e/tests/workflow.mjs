import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

const node = (name, params, x) => ({ component: { name, version: 1 }, params, position: { x, y: 0 } })
const edge = (from, to) => ({ from: { node: from, port: 'table' }, to: { node: to, port: 'table' } })

/** Asks the server as this person, with what a browser sends along. */
async function post(me, path, data) {
  const { csrf_token } = await me.api('/session')
  const answer = await me.page.request.post(`/api/v1${path}`, { data, headers: { 'x-csrf-token': csrf_token } })
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
}
