import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

export function tests() {
  test('the report of the demo is read in both languages and taken away', async () => {
    const me = await person()
    await me.open(me.project(`/runs/${world.demo.run}`))
    const report = await me.api(`/runs/${world.demo.run}/report`)
    await me.see(report.answer.en)
    for (const item of report.headline) await me.see(item.label.en)
    for (const section of report.sections) await me.page.getByRole('heading', { name: section.title.en }).first().waitFor()
    await until('every chart', async () => {
      const charts = report.sections.flatMap((s) => s.blocks).filter((b) => b.type === 'chart').length
      return (await me.page.locator('figure [role=img] svg').count()) === charts
    })
    await me.button('Language').click()
    await me.page.getByRole('menuitem', { name: '简体中文' }).click()
    await me.see(report.answer['zh-CN'])
    await me.button('导出').click()
    for (const [kind, ending, begins] of [['网页（HTML）', 'html', '<!doctype html>'], ['文档（PDF）', 'pdf', '%PDF-1.7'], ['Excel 工作簿（XLSX）', 'xlsx', 'PK']]) {
      const [file] = await Promise.all([me.page.waitForEvent('download'), me.page.getByRole('menuitem', { name: kind }).first().click()])
      assert.ok(file.suggestedFilename().endsWith(`.${ending}`))
      const bytes = readFileSync(await file.path())
      assert.equal(bytes.subarray(0, begins.length).toString(), begins)
      if (ending === 'html') assert.ok(bytes.toString().includes(report.answer['zh-CN']))
      await me.see('已保存')
      await me.button('导出').click()
    }
    await me.page.keyboard.press('Escape')
    await me.done()
  })

  test('a report on a phone sets names and numbers on one line, and scrolls its tables sideways', async () => {
    const me = await person({ width: 390, height: 844, lang: 'zh-CN' })
    await me.open(me.project(`/runs/${world.demo.run}`))
    await me.page.locator('figure table').first().waitFor()
    const tables = await me.page.locator('figure table').evaluateAll((all) =>
      all.map((table) => ({ head: table.tHead.offsetHeight, tallest: Math.max(...[...table.tBodies[0].rows].map((row) => row.offsetHeight)), wide: table.parentElement.scrollWidth > table.parentElement.clientWidth, scrolls: getComputedStyle(table.parentElement).overflowX })),
    )
    assert.ok(tables.length >= 3, JSON.stringify(tables))
    for (const one of tables) assert.ok(one.head < 110 && one.tallest < 110 && (!one.wide || one.scrolls === 'auto'), JSON.stringify(one))
    assert.equal(await me.page.evaluate(() => document.documentElement.scrollWidth), 390)
    await me.done()
  })

  test('a scenario is run from its form: columns suggested, values checked, progress to report', async () => {
    const me = await person()
    await me.open(me.project('/scenarios'))
    await me.page.getByRole('link', { name: /Customer value/ }).first().click()
    await me.page.getByRole('combobox', { name: 'Dataset' }).fill('transactions')
    await me.page.getByTitle('transactions', { exact: true }).click()
    await until('the suggestions', async () => (await me.page.getByText('Suggested').count()) >= 3)
    const horizon = me.page.getByLabel('Horizon')
    await horizon.fill('0')
    await me.see('More than 0')
    await horizon.fill('26')
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    await me.page.waitForURL(/\/runs\//, { waitUntil: 'commit' })
    await me.page.locator('article').waitFor({ timeout: 120_000 })
    const id = new URL(me.page.url()).pathname.split('/')[4]
    assert.notEqual(id, world.demo.run)
    const run = await me.api(`/runs/${id}`)
    assert.equal(run.state, 'succeeded')
    assert.equal(run.params.horizon, 26)
    await me.page.getByRole('button', { name: 'Lineage' }).click()
    await me.page.getByRole('link', { name: /transactions/ }).first().waitFor()
    await me.done()
  })

  test('reproducing gives the same bytes, and says so', async () => {
    const me = await person()
    await me.open(me.project(`/runs/${world.demo.run}`))
    await me.button('Reproduce').click()
    await me.page.waitForURL((url) => !url.pathname.endsWith(world.demo.run) && url.pathname.includes('/runs/'), { waitUntil: 'commit' })
    await me.page.getByText('Same result as the run it repeats').waitFor({ timeout: 120_000 })
    await me.done()
  })
}
