import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../server.mjs'
import { person } from '../world.mjs'

async function write(me, sql) {
  await me.page.locator('.cm-content').click()
  await me.page.keyboard.press('Control+a')
  await me.page.keyboard.insertText(sql)
}

const ask = async (me, sql) => {
  await write(me, sql)
  await me.page.keyboard.press('Control+Enter')
}

export function tests() {
  test('tables, versions and columns are completed', async () => {
    const me = await person()
    await me.open(me.project('/explore'))
    await me.page.getByRole('complementary').getByText('transactions', { exact: true }).waitFor()
    await me.page.locator('.cm-content').click()
    await me.page.keyboard.type('SELECT * FROM transac')
    await me.page.locator('.cm-tooltip-autocomplete li', { hasText: /^transactionsv1$/ }).click()
    await me.page.keyboard.type('@')
    await me.page.locator('.cm-tooltip-autocomplete li', { hasText: /^v1$/ }).click()
    await me.page.keyboard.type(' WHERE sales')
    await me.page.locator('.cm-tooltip-autocomplete li', { hasText: 'sales_value' }).waitFor()
    await me.page.keyboard.press('Escape')
    assert.match(await me.text('.cm-content'), /transactions@v1 WHERE sales/)
    await me.done()
  })

  test('a question is answered, drawn, and stands in the address', async () => {
    const me = await person()
    await me.open(me.project('/explore'))
    await me.page.locator('.cm-content').waitFor()
    await ask(me, 'SELECT store_id, sum(sales_value) AS sales FROM transactions@v1 GROUP BY store_id ORDER BY sales DESC LIMIT 20')
    const grid = me.page.getByRole('grid', { name: 'Result' })
    await grid.waitFor()
    assert.equal(await grid.getAttribute('aria-rowcount'), '21')
    await me.page.getByText('Chart', { exact: true }).click()
    await me.page.getByRole('img', { name: /Chart of/ }).locator('svg, canvas').first().waitFor()
    await until('the address', async () => new URL(me.page.url()).searchParams.get('sql')?.includes('GROUP BY'))
    assert.equal(new URL(me.page.url()).searchParams.get('view'), 'chart')
    await me.done()
  })

  test('a million rows arrive, sort and scroll to the last', async () => {
    const me = await person()
    await me.open(me.project('/explore?limit=1000000'))
    await me.page.locator('.cm-content').waitFor()
    await ask(me, 'SELECT t.basket_id, t.sales_value FROM transactions t CROSS JOIN (SELECT * FROM transactions LIMIT 14) s LIMIT 1000000')
    const grid = me.page.getByRole('grid', { name: 'Result' })
    await until('a million rows', async () => (await grid.getAttribute('aria-rowcount')) === '1000001', 180_000)
    await me.see('1,000,000 rows')
    await grid.focus()
    await me.page.keyboard.press('Control+End')
    await me.page.locator('[aria-rowindex="1000001"]').waitFor()
    assert.ok((await me.page.locator('[role=gridcell]').count()) < 1000, 'only what is in sight is drawn')
    await me.done()
  })

  test('an error says what is wrong, marks the line and gives an id; history remembers', async () => {
    const me = await person()
    await me.open(me.project('/explore'))
    await me.page.locator('.cm-content').waitFor()
    await ask(me, 'SELECT household_id,\n       sales_valu\nFROM transactions')
    const alert = me.page.getByRole('alert').filter({ hasText: 'No such column' })
    await alert.waitFor()
    assert.match(await alert.innerText(), /sales_value/)
    assert.match(await alert.innerText(), /Request \S+/)
    await me.page.locator('.cm-wrong', { hasText: 'sales_valu' }).waitFor()
    await ask(me, 'DELETE FROM transactions')
    await me.page.getByRole('alert').filter({ hasText: 'Queries may not do that' }).waitFor()
    await me.button('History').click()
    await me.page.getByRole('dialog').getByText('sales_valu').first().waitFor()
    await me.done()
  })

  test('a long query is cancelled', async () => {
    // Rows that were on their way when it was cancelled end in the middle.
    const me = await person({ expected: /ERR_INCOMPLETE_CHUNKED_ENCODING/ })
    await me.open(me.project('/explore'))
    await me.page.locator('.cm-content').waitFor()
    await ask(me, 'SELECT count(*) FROM transactions a CROSS JOIN transactions b WHERE a.sales_value * b.sales_value > 0.5 AND a.quantity + b.quantity > 1')
    await me.button('Cancel').click()
    await me.see('Cancelled')
    await ask(me, 'SELECT 1 AS one')
    await me.page.getByRole('grid', { name: 'Result' }).waitFor()
    await me.done()
  })
}
