import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../server.mjs'
import { person } from '../world.mjs'

const stamp = Date.now().toString(36)
const NAME = `会员订单 ${stamp}`

/** GB18030 bytes of 订单号,城市,金额 and rows of 北京 and 上海. */
function gbk(lines) {
  const codes = { 订: [0xb6, 0xa9], 单: [0xb5, 0xa5], 号: [0xba, 0xc5], 城: [0xb3, 0xc7], 市: [0xca, 0xd0], 金: [0xbd, 0xf0], 额: [0xb6, 0xee], 北: [0xb1, 0xb1], 京: [0xbe, 0xa9], 上: [0xc9, 0xcf], 海: [0xba, 0xa3] }
  return Buffer.from(lines.flatMap((line) => [...`${line}\n`].flatMap((c) => codes[c] ?? [c.charCodeAt(0)])))
}

async function importFile(me, path, buffer, name = 'orders.csv') {
  await me.open(path)
  await me.button('Choose a file').waitFor()
  await me.page.locator('main input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer })
  await me.page.getByRole('region', { name: 'Preview' }).waitFor()
}

export function tests() {
  test('a dataset shows its shape first; a column, a tab and a version stand in the address', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: 'transactions', exact: true }).click()
    const line = me.page.locator('button[aria-expanded]', { hasText: 'sales_value' })
    await line.waitFor()
    assert.match(await me.text('dl'), /75,000/)
    await line.click()
    await me.page.waitForURL(/column=sales_value/, { waitUntil: 'commit' })
    await me.page.getByRole('dialog').getByText('Most frequent').waitFor()
    await me.page.reload()
    await me.page.getByRole('dialog').getByText('Most frequent').waitFor()
    await me.page.keyboard.press('Escape')
    await me.page.getByRole('tab', { name: 'Rows' }).click()
    await me.page.waitForURL(/tab=rows/, { waitUntil: 'commit' })
    const grid = me.page.getByRole('grid')
    await grid.waitFor()
    assert.equal(await grid.getAttribute('aria-rowcount'), '75001')
    await grid.focus()
    await me.page.keyboard.press('ArrowDown')
    await me.page.keyboard.press('Shift+ArrowRight')
    await me.page.keyboard.press('Control+c')
    const copied = await until('the clipboard', async () => {
      const text = await me.page.evaluate(() => navigator.clipboard.readText())
      return /^\S+\t\S+$/.test(text) && text
    })
    assert.equal(copied.split('\t').length, 2)
    // The last row arrives once one is there.
    await me.page.keyboard.press('Control+End')
    await me.page.locator('[aria-rowindex="75001"] [role=gridcell]').first().filter({ hasNotText: '…' }).waitFor()
    await me.done()
  })

  test('importing a file in GB18030 with a bad row: seen before, kept after', async () => {
    const me = await person()
    const rows = Array.from({ length: 300 }, (_, i) => `${1000 + i},${i % 2 ? '北京' : '上海'},${(i * 1.25).toFixed(2)}`)
    await importFile(me, me.project('/data/import'), gbk(['订单号,城市,金额', ...rows, '1300,北京,oops']))
    const preview = me.page.getByRole('region', { name: 'Preview' })
    await preview.getByText('上海').first().waitFor()
    // The words of a box stand beside it.
    const box = me.page.getByRole('checkbox', { name: 'First line names the columns' })
    const [tick, said] = [await box.boundingBox(), await me.page.getByText('First line names the columns').boundingBox()]
    assert.ok(tick && said && Math.abs(tick.y + tick.height / 2 - said.y - said.height / 2) < 6 && said.x > tick.x, JSON.stringify([tick, said]))
    await me.see(/GB18030|GBK/)
    // The type of 金额 is set by hand, so that the last row doesn't fit.
    await preview.getByRole('combobox', { name: 'Type of 金额' }).click()
    await me.page.getByTitle('Number', { exact: true }).click()
    await until('the preview as a number', async () => (await preview.getAttribute('aria-busy')) === 'false')
    await me.button('Continue').click()
    await me.page.getByLabel('Name', { exact: true }).fill(NAME)
    await me.button('Import').click()
    await me.see(`${NAME} is ready`)
    await me.button('Open the dataset').click()
    await me.page.locator('button[aria-expanded]', { hasText: '城市' }).waitFor()
    const facts = await me.text('dl')
    assert.match(facts, /Rows\s+300/)
    await me.page.locator('dl').getByRole('button', { name: '1' }).click()
    await me.page.getByRole('dialog').getByText('1300,北京,oops').waitFor()
    await me.page.getByRole('dialog').getByText('The value doesn’t fit the column’s type').waitFor()
    await me.done()
  })

  test('a second version is compared by key, labelled and taken back', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: NAME }).click()
    await me.button('New version').click()
    await me.page.waitForURL(/\/import\?dataset=/, { waitUntil: 'commit' })
    const changed = ['订单号,城市,金额', '1000,上海,99.50', '1001,北京,1.25', '2000,北京,7.00']
    await importFile(me, me.page.url(), gbk(changed))
    await me.button('Continue').click()
    await me.page.getByRole('radio', { name: /Update by key/ }).check()
    await me.page.getByLabel('Key', { exact: true }).click()
    await me.page.getByTitle('订单号', { exact: true }).click()
    await me.page.keyboard.press('Escape')
    await me.button('Import').click()
    await me.see(`${NAME} is ready`)
    await me.button('Open the dataset').click()
    await me.page.getByRole('tab', { name: 'Versions' }).click()
    await me.page.getByRole('checkbox', { name: 'Choose version 1' }).check()
    await me.page.getByRole('checkbox', { name: 'Choose version 2' }).check()
    await me.button('Compare v1 with v2').click()
    await me.page.waitForURL(/compare\?from=1&to=2/, { waitUntil: 'commit' })
    await me.see('300 → 301')
    await me.open(`${me.page.url()}&key=${encodeURIComponent('订单号')}`)
    const changedRow = me.page.getByRole('row').filter({ hasText: '1000' }).filter({ hasText: 'Changed' })
    await changedRow.getByText('99.5').waitFor()
    await me.page.getByRole('row').filter({ hasText: '2000' }).filter({ hasText: 'Added' }).waitFor()
    await me.page.getByRole('navigation').getByRole('link', { name: NAME }).click()
    const first = me.page.getByRole('row').filter({ hasText: 'v1' })
    await first.getByRole('button', { name: 'Label and note' }).click()
    await me.page.getByLabel('Label', { exact: true }).fill('first')
    await me.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await me.page.getByRole('row').filter({ hasText: 'v1' }).getByText('first').waitFor()
    await me.page.getByRole('row').filter({ hasText: 'v1' }).getByRole('button', { name: 'Restore' }).click()
    await me.page.getByRole('row').filter({ hasText: 'v3' }).getByText('300').waitFor()
    await me.done()
  })

  test('quality rules are set, kept and read back', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: NAME }).click()
    await me.page.getByRole('tab', { name: 'Quality' }).click()
    await me.button('Edit rules').click()
    await me.page.getByRole('combobox', { name: 'Columns' }).click()
    await me.page.getByTitle('订单号', { exact: true }).click()
    await me.page.keyboard.press('Escape')
    await me.page.getByRole('combobox', { name: 'Rule', exact: true }).click()
    await me.page.getByTitle('Is unique', { exact: true }).click()
    await me.button('Save').click()
    await me.see('Rules saved')
    const id = new URL(me.page.url()).pathname.split('/')[4]
    assert.deepEqual((await me.api(`/datasets/${id}/quality-rules`)).rules, [{ kind: 'unique', columns: ['订单号'], blocking: false }])
    await me.done()
  })

  test('a rule masks a column, and the form shows it again', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: NAME }).click()
    await me.page.getByRole('tab', { name: 'Access' }).click()
    await me.button('Add a rule').click()
    const form = me.page.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('Cities stay inside')
    await form.getByRole('button', { name: 'Mask a column' }).click()
    await form.getByRole('combobox', { name: 'Column', exact: true }).click()
    await me.page.getByTitle('城市', { exact: true }).click()
    await form.getByRole('button', { name: 'Add a condition' }).click()
    await form.getByRole('combobox', { name: 'Column', exact: true }).first().click()
    await me.page.locator('.ant-select-dropdown:visible').getByTitle('金额', { exact: true }).click()
    await form.getByLabel('Value').fill('10')
    await form.getByRole('button', { name: 'Save' }).click()
    await me.see('Cities stay inside')
    const id = new URL(me.page.url()).pathname.split('/')[4]
    const [rule] = (await me.api(`/datasets/${id}/policies`)).rules
    assert.deepEqual(rule.masks, { 城市: { kind: 'hash' } })
    assert.deepEqual(rule.row_filter, { op: 'compare', column: '金额', is: 'eq', value: 10 })
    assert.deepEqual(rule.exempt_roles, ['maintainer', 'owner'])
    await me.done()
  })

  test('deleting can be undone', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: NAME }).click()
    await me.button('More actions').click()
    await me.page.getByRole('menuitem', { name: 'Delete' }).click()
    await me.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await me.page.waitForURL((url) => url.pathname.endsWith('/data'), { waitUntil: 'commit' })
    await me.page.getByRole('link', { name: NAME }).waitFor({ state: 'detached' })
    await me.button('Undo').click()
    await me.page.getByRole('heading', { name: NAME }).waitFor()
    await me.done()
  })

  test('a file that is no table is refused in words, and one can go back', async () => {
    const me = await person()
    await me.open(me.project('/data/import'))
    await me.page.locator('main input[type=file]').setInputFiles({ name: 'broken.parquet', mimeType: 'application/octet-stream', buffer: Buffer.from('PAR1 this is no parquet PAR1') })
    await me.page.getByRole('alert').filter({ hasText: /damaged|ends too early|No reader/ }).waitFor()
    await me.button('Back').click()
    await me.button('Choose a file').waitFor()
    await me.done()
  })
}
