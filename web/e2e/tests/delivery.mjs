import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { imported, post } from '../flows.mjs'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

const ORDERS = 'province,amount\n浙江,120\n江苏,300\n'
const stamp = Date.now().toString(36)

async function board(me, name) {
  const dataset = await imported(me, `orders of ${name} ${stamp}`, Buffer.from(ORDERS))
  const document = {
    format: 1,
    sources: { data: { dataset } },
    filters: [{ id: 'f1', label: { en: 'Province', 'zh-CN': '省份' }, column: 'province', sources: ['data'], control: 'choice' }],
    pages: [{ id: 'p1', title: { en: 'Overview', 'zh-CN': '概览' }, blocks: [{ id: 'b1', span: 'full', shows: { figure: { source: 'data', component: 'profile', params: {} } } }] }],
  }
  return (await post(me, `/projects/${world.demo.project}/dashboards`, { name: `${name} ${stamp}`, dashboard: document })).asset.id
}

export function tests() {
  test('a delivery into a folder is set up by its form, sent, turned off and taken away', async (t) => {
    if (!world.reports) return t.skip('the server is another’s')
    const me = await person({ width: 1440 })
    const id = await board(me, 'delivered')
    await me.open(me.project(`/dashboards/${id}?tab=delivery`))
    await me.page.getByText('Not delivered anywhere yet').waitFor()
    await me.button('Set up a delivery').click()
    const form = me.page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Name' }).fill(`daily ${stamp}`)
    await form.getByRole('checkbox', { name: 'Excel workbook' }).check()
    await form.getByText('The next times').waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    await me.page.getByText('Delivered by itself').waitFor()
    const { items } = await me.api(`/dashboards/${id}/deliveries`)
    assert.deepEqual([items[0].to, items[0].formats, items[0].cron.expression], [{ type: 'folder', folder: 'reports' }, ['html', 'xlsx'], '0 6 * * *'])

    await me.button('Send now').click()
    await me.page.getByText(`daily ${stamp}`, { exact: false }).filter({ hasText: '.xlsx' }).waitFor()
    const there = readdirSync(world.reports).filter((name) => name.includes(stamp))
    assert.equal(there.length, 2, there.join())
    assert.ok(there.every((name) => /^daily \w+ \d{4}-\d\d-\d\d\.(html|xlsx)$/.test(name)), there.join())

    await me.page.getByRole('switch', { name: /on or off/ }).click()
    await until('it is off', async () => (await me.api(`/dashboards/${id}/deliveries`)).items[0].state === 'off')
    await me.page.getByText('Switched off').waitFor()
    await me.button('Remove').click()
    await me.page.getByRole('tooltip').getByRole('button', { name: 'Remove' }).click()
    await me.page.getByText('Not delivered anywhere yet').waitFor()
    assert.equal(readdirSync(world.reports).filter((name) => name.includes(stamp)).length, 2, 'files stay')
    await me.done()
  })

  test('who may not take the data away is told so', async () => {
    const me = await person({ width: 1440 })
    const id = await board(me, 'kept')
    const vic = { email: `vic.${stamp}@example.com`, password: 'a long enough one' }
    const { id: user } = (await post(me, '/org/members', { ...vic, name: 'Vic', role: 'member' })).user
    const { csrf_token } = await me.api('/session')
    const joined = await me.page.request.put(`/api/v1/projects/${world.demo.project}/members/${user}`, { data: { role: 'viewer' }, headers: { 'x-csrf-token': csrf_token } })
    assert.ok(joined.ok(), await joined.text())
    const viewer = await person({ ...vic, width: 390, lang: 'zh-CN' })
    await viewer.open(viewer.project(`/dashboards/${id}?tab=delivery`))
    await viewer.see('投递需要项目的运行权限')
    assert.equal(await viewer.page.getByRole('button', { name: '新建投递' }).count(), 0)
    await viewer.done()
    await me.done()
  })
}
