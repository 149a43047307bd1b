import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edge, node, post, states, step } from '../flows.mjs'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

const project = () => `/projects/${world.demo.project}`

/** Rows as a dataset of the project, or as its next version; the dataset's id. */
async function rows(me, target, text) {
  const upload = await post(me, `${project()}/uploads?name=rows.csv`, Buffer.from(text), { 'content-type': 'application/octet-stream' })
  const { id } = await post(me, `${project()}/import`, { source: { type: 'upload', upload_id: upload.id }, target, mode: 'replace' })
  const run = await until('the import', async () => {
    const view = await me.api(`/runs/${id}`)
    return ['succeeded', 'failed'].includes(view.state) && view
  })
  assert.equal(run.state, 'succeeded', JSON.stringify(run.error))
  return run.outputs[0].asset.id
}

/** A dataset of its own with a filter behind it, run once. */
async function small(me, name) {
  const dataset = await rows(me, { name: `${name} rows` }, 'shop,sales\na,1\nb,20\nc,300\n')
  const workflow = {
    format: 1,
    nodes: { data: node('dataset', { dataset }, 0), keep: node('filter', { conditions: [{ column: 'sales', operator: 'more', value: '5' }] }, 300), top: node('group', { by: ['shop'] }, 600) },
    edges: { e1: edge('data', 'keep'), e2: edge('keep', 'top') },
  }
  const { asset } = await post(me, `${project()}/workflows`, { name, workflow })
  const run = await post(me, `/workflows/${asset.id}/runs`, {})
  await until('the run', async () => (await me.api(`/runs/${run.id}`)).state === 'succeeded')
  return { id: asset.id, dataset }
}

export function tests() {
  test('a schedule is chosen, its next times are seen, and what never fires is refused', async () => {
    const me = await person({ width: 1440 })
    const { id } = await small(me, 'By itself')
    await me.open(me.project(`/workflows/${id}?side=schedule`))
    const panel = me.page.getByRole('complementary', { name: 'Schedule' })
    await panel.getByRole('combobox', { name: 'How often' }).click()
    await me.page.getByTitle('On days of the week').click()
    await panel.getByRole('checkbox', { name: 'Fri' }).check()
    await panel.getByText('0 6 * * MON,FRI').waitFor()
    await until('the next times', async () => (await panel.locator('ol li').count()) === 5)
    await panel.getByRole('switch', { name: 'When its data change' }).click()
    await panel.getByRole('button', { name: 'Save' }).click()
    await panel.getByText('Runs by itself').waitFor()
    const { schedule, upcoming } = await me.api(`/workflows/${id}/schedule`)
    assert.equal(schedule.cron.expression, '0 6 * * MON,FRI')
    assert.equal(schedule.on_data.wait_seconds, 60)
    assert.equal(upcoming.length, 5)
    await panel.getByRole('combobox', { name: 'How often' }).click()
    await me.page.getByTitle('Written as a cron').click()
    await panel.getByRole('textbox', { name: 'Cron' }).fill('0 0 30 2 *')
    await panel.getByRole('alert').getByText(/never fires/).waitFor()
    await panel.getByRole('button', { name: 'Remove' }).click()
    await me.page.getByRole('tooltip').getByRole('button', { name: 'Remove' }).click()
    await panel.getByText('This workflow runs only when somebody starts it', { exact: false }).waitFor()
    assert.equal((await me.api(`/workflows/${id}/schedule`)).schedule, null)
    await me.done()
  })

  test('new data make what stands behind them stale, with the reason, and it is brought up to date', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const { id, dataset } = await small(me, '数据会变')
    await me.open(me.project(`/workflows/${id}?node=data`))
    await step(me, 'top').waitFor()
    await rows(me, { dataset_id: dataset }, 'shop,sales\na,1\nb,20\nc,300\nd,4000\n')
    await me.see('已有版本 2，当时用的是版本 1')
    await step(me, 'top').getByText('已过期').first().waitFor()
    await me.page.getByRole('button', { name: '3 个步骤已过期' }).click()
    await until('the run', async () => (await states(me, id)).nodes.top.rows.table === 3)
    await me.page.getByRole('button', { name: '个步骤已过期' }).waitFor({ state: 'detached' })
    await me.done()
  })

  test('a model is kept, and its versions are laid beside each other', async () => {
    const me = await person({ width: 1440 })
    const line = (_, i) => `${i % 7},${(i * 37) % 101},${(i * 37) % 101 > 50 ? 'yes' : 'no'}`
    const dataset = await rows(me, { name: 'Who buys' }, ['visits,score,buys', ...Array.from({ length: 400 }, line)].join('\n'))
    const workflow = {
      format: 1,
      nodes: {
        data: node('dataset', { dataset }, 0),
        learn: node('gradient-boosting-classifier', { target: 'buys', rounds: 20 }, 300),
        judge: node('evaluate', {}, 600),
        keep: node('write-model', { name: 'Buyers' }, 900),
      },
      edges: {
        e1: edge('data', 'learn'), e3: edge('data', 'judge'),
        e2: { from: { node: 'learn', port: 'model' }, to: { node: 'judge', port: 'model' } },
        e4: { from: { node: 'learn', port: 'model' }, to: { node: 'keep', port: 'model' } },
        e5: { from: { node: 'judge', port: 'metrics' }, to: { node: 'keep', port: 'metrics' } },
      },
    }
    const { asset } = await post(me, `${project()}/workflows`, { name: 'Learn who buys', workflow })
    const run = async () => {
      const { id } = await post(me, `/workflows/${asset.id}/runs`, {})
      const view = await until('the run', async () => {
        const now = await me.api(`/runs/${id}`)
        return ['succeeded', 'failed'].includes(now.state) && now
      })
      assert.equal(view.state, 'succeeded', JSON.stringify(view.error))
    }
    await run()
    await post(me, `/workflows/${asset.id}/edits`, { client: 'test', base: 0, edits: [{ op: 'set_param', id: 'learn', param: 'rounds', value: 40 }] })
    await run()
    await me.open(me.project('/models'))
    await me.page.getByRole('link', { name: /Buyers/ }).click()
    await me.page.getByRole('heading', { name: /Buyers/, level: 1 }).waitFor()
    await me.page.getByRole('heading', { name: 'Columns it needs' }).waitFor()
    await me.see('It predicts “buys”.')
    // Types and settings are called what the pages call them.
    const words = await me.text('main')
    assert.ok(!/int64|utf8|\["|"\]|\blearning_rate\b/i.test(words), words)
    await me.page.getByRole('tab', { name: 'Compare' }).click()
    const settings = me.page.getByRole('region', { name: 'Settings of training' })
    await settings.getByRole('row').filter({ hasText: /rounds|trees/i }).getByText('40').waitFor()
    await me.done()
  })
}
