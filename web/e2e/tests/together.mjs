import assert from 'node:assert/strict'
import { test } from 'node:test'
import { made, node, post, step } from '../flows.mjs'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

export function tests() {
  test('what is wrong with a run reaches whoever made it: once, by name, with the words, and can be answered', async () => {
    const me = await person({ width: 1440 })
    const name = `Said of a run ${Date.now()}`
    const id = await made(me, name)
    const run = await post(me, `/workflows/${id}/runs`, {})
    await until('the run', async () => ['succeeded', 'failed'].includes((await me.api(`/runs/${run.id}`)).state))
    await post(me, `/runs/${run.id}/threads`, { body: 'Too high in May', feedback: true })
    await me.open(me.project())
    const waits = me.page.getByRole('list', { name: 'What was said to you' }).getByRole('listitem').filter({ hasText: `Something was wrong: ${name}` })
    await waits.getByText('Too high in May').waitFor()
    await me.page.getByRole('link', { name: `${name}: somebody says what was wrong with a run` }).waitFor()
    assert.equal(await me.page.getByText(`${name}: somebody`).count(), 1)
    assert.equal(await me.page.getByText(`${name}: an answer`).count(), 0, 'its first comment is no second line')
    await me.page.getByRole('link', { name: /open conversation/ }).click()
    await me.page.getByRole('heading', { name: 'What was said to you', level: 1 }).waitFor()
    const thread = me.page.getByRole('article').filter({ hasText: `A run of ${name}` })
    await thread.getByRole('button', { name: 'Resolve' }).click()
    await thread.waitFor({ state: 'detached' })
    await me.done()
  })

  test('what is said about a step is seen by others at once, answered and resolved', async () => {
    const one = await person({ width: 1440 })
    const two = await person({ width: 1440, lang: 'zh-CN' })
    const id = await made(one, 'Talked about')
    await one.open(one.project(`/workflows/${id}?node=keep&side=comments`))
    await two.open(two.project(`/workflows/${id}`))
    await step(two, 'keep').waitFor()
    await one.page.getByRole('textbox', { name: 'Write a comment; @ names somebody' }).fill('Why only what was **sold**? @Demo')
    await one.page.getByRole('button', { name: 'Send' }).first().click()
    // The other sees the mark at the step, opens it and answers.
    const mark = step(two, 'keep').getByRole('button', { name: '1 条未解决的评论' })
    await mark.waitFor()
    await mark.click()
    const panel = two.page.getByRole('complementary', { name: '评论' })
    await panel.getByText('sold').waitFor()
    await panel.getByRole('textbox', { name: '回复' }).fill('退货另算')
    await panel.getByRole('article').getByRole('button', { name: '发送' }).click()
    await one.see('退货另算')
    const { items } = await one.api(`/assets/${id}/threads?state=open`)
    assert.equal(items.length, 1)
    assert.equal(items[0].anchor.element.id, 'keep')
    assert.equal(items[0].comments.length, 2)
    assert.equal(items[0].comments[0].mentions.length, 1, 'Demo is mentioned')
    await one.page.getByRole('article').getByRole('button', { name: 'Resolve' }).click()
    await mark.waitFor({ state: 'detached' })
    await one.done()
    await two.done()
  })

  test('who types at a step that somebody removes is told, and draws nothing by it', async () => {
    for (const [lang, gone, field] of [['en', '“Kept” was removed by ', 'Name of this step'], ['zh-CN', '“Kept”已被', '步骤名称']]) {
      const one = await person({ width: 1440, lang })
      const two = await person({ width: 1440 })
      const id = await made(one, `Typed at in ${lang}`)
      for (const me of [one, two]) {
        await me.open(me.project(`/workflows/${id}?node=keep`))
        await step(me, 'keep').waitFor()
      }
      const name = one.page.getByRole('textbox', { name: field })
      await name.fill('Kept')
      await step(two, 'keep').getByText('Kept').waitFor()
      await name.press('End')
      await name.pressSequentially(' no')
      await step(two, 'keep').getByText('Kept no').waitFor()
      for (let n = 0; n < 3; n += 1) await name.press('Backspace')
      await step(two, 'keep').getByText('Kept', { exact: true }).waitFor()
      await step(two, 'keep').click({ position: { x: 60, y: 14 } })
      await two.page.keyboard.press('Delete')
      await one.page.getByText(gone).waitFor()
      await one.page.getByText('Demo').first().waitFor()
      await name.waitFor({ state: 'detached' })
      const places = async () => (await one.api(`/workflows/${id}`)).workflow
      const before = await places()
      await one.page.keyboard.type('nlf/', { delay: 30 })
      assert.equal(await one.page.getByRole('dialog').count() + await one.page.getByRole('listbox').count(), 0, 'nothing was opened')
      // A click, and letters are commands again.
      await one.page.locator('.react-flow__pane').click({ position: { x: 620, y: 560 } })
      await one.page.keyboard.press('n')
      const then = await until('the one note', async () => {
        const w = await places()
        return w.notes && w
      })
      assert.equal(Object.keys(then.notes).length, 1)
      assert.deepEqual(then.nodes, before.nodes)
      await one.done()
      await two.done()
    }
  })

  test('chosen steps become a component, which is starred, put again, and updated to its next version', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'To be packaged')
    await me.open(me.project(`/workflows/${id}?node=keep`))
    await step(me, 'keep').waitFor()
    await me.page.locator('.react-flow__pane').focus().catch(() => undefined)
    await me.page.keyboard.press('Control+Alt+g')
    const dialog = me.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name, in English' }).first().fill('Sold rows')
    await dialog.getByRole('textbox', { name: 'Name, in Chinese' }).first().fill('已售')
    await dialog.getByRole('textbox', { name: 'Name, in Chinese' }).first().press('Tab')
    await dialog.getByRole('combobox', { name: 'Show a setting…' }).click()
    await me.page.getByTitle(/· Conditions$/).click()
    await dialog.getByRole('button', { name: 'Make the component' }).click()
    await dialog.waitFor({ state: 'detached' })
    const packed = await until('it took the place of the step', async () => {
      const { workflow } = await me.api(`/workflows/${id}`)
      return Object.entries(workflow.nodes).find(([, n]) => n.component.name.startsWith('own-'))
    })
    const [nodeId, { component }] = packed
    await step(me, nodeId).getByText('Sold rows').first().waitFor()
    // It runs like any other step.
    const run = await post(me, `/workflows/${id}/runs`, {})
    const ended = await until('the run', async () => { const view = await me.api(`/runs/${run.id}`); return ['succeeded', 'failed'].includes(view.state) && view })
    assert.equal(ended.state, 'succeeded', JSON.stringify(ended.error))
    // Starred it stands first.
    await me.page.getByPlaceholder('Search components').fill('sold')
    await me.page.getByRole('button', { name: 'Star Sold rows' }).click()
    await me.page.getByPlaceholder('Search components').fill('')
    await me.page.getByRole('heading', { name: 'Starred' }).waitFor()
    // The next version of it says more; the step offers it with what changes.
    const second = await made(me, 'Its next version')
    const { choice } = await post(me, `/workflows/${second}/package/suggest`, { nodes: ['keep', 'by'], title: { en: 'Sold rows', 'zh-CN': '已售' } })
    await post(me, `/workflows/${second}/package`, { choice, name: 'Sold rows', component_id: component.name.slice(4) })
    await me.open(me.project(`/workflows/${id}?node=${nodeId}`))
    await me.page.getByRole('button', { name: 'What changes' }).click()
    await me.page.getByRole('note').getByRole('listitem').first().waitFor()
    await me.page.getByRole('button', { name: 'Update', exact: true }).click()
    await until('it was updated', async () => (await me.api(`/workflows/${id}`)).workflow.nodes[nodeId].component.version === 2)
    await me.open(me.project(`/components/${component.name}`))
    await me.page.getByRole('heading', { name: 'Sold rows', level: 1 }).waitFor()
    await me.done()
  })

  test('an app: made of a workflow, run with other data by its form, read, and told what was wrong', async () => {
    const me = await person({ width: 1440 })
    const { asset } = await post(me, `/projects/${world.demo.project}/workflows`, {
      name: 'Sales by store',
      workflow: {
        format: 1,
        params: { least: { type: 'string', default: '0', 'x-label': { en: 'Sold for at least', 'zh-CN': '最低金额' } } },
        nodes: {
          keep: node('filter', { conditions: [{ column: 'sales_value', operator: 'more', value: '0' }] }, 0),
          by: node('group', { by: ['store_id'], totals: [{ function: 'sum', column: 'sales_value', name: 'sales' }] }, 300),
        },
        edges: { e1: { from: { node: 'keep', port: 'table' }, to: { node: 'by', port: 'table' } } },
        inputs: { transactions: { to: [{ node: 'keep', port: 'table' }], label: { en: 'Transactions', 'zh-CN': '交易' } } },
        outputs: { sales: { from: { node: 'by', port: 'table' }, label: { en: 'Sales of stores', 'zh-CN': '门店销售额' } } },
      },
    })
    await me.open(me.project(`/workflows/${asset.id}`))
    await step(me, 'by').waitFor()
    await me.page.getByRole('button', { name: 'More' }).first().click()
    await me.page.getByRole('menuitem', { name: 'Make an app of it…' }).click()
    await me.page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
    await me.page.getByRole('heading', { name: 'Sales by store', level: 1 }).waitFor()
    await me.page.getByRole('combobox', { name: /Transactions/ }).click()
    await me.page.getByTitle('transactions', { exact: true }).click()
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    await me.page.getByRole('grid', { name: 'Sales of stores' }).waitFor()
    await me.see('store_id')
    const url = new URL(me.page.url())
    await me.page.getByRole('button', { name: 'Say what was wrong' }).click()
    await me.page.getByRole('textbox', { name: 'What was wrong?' }).fill('Store 5 is missing')
    await me.page.getByRole('region', { name: 'Say what was wrong' }).getByRole('button', { name: 'Send' }).click()
    const { items } = await until('the feedback', async () => {
      const found = await me.api(`/runs/${url.searchParams.get('run')}/threads`)
      return found.items.length > 0 && found
    })
    assert.equal(items[0].feedback, true)
    await me.see('Store 5 is missing')
    await me.done()
  })
}
