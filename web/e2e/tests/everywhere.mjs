// What must hold on every page: reachable, readable, narrow, in both languages.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { made, post } from '../flows.mjs'
import { EMAIL, until } from '../server.mjs'
import { person, world } from '../world.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function pages(me) {
  const assets = (await me.api(`/projects/${world.demo.project}/assets?kind=dataset&limit=100`)).items
  const id = assets.find((a) => a.name === 'transactions').id
  const tabs = ['', '?tab=rows', '?tab=versions', '?tab=lineage', '?tab=quality', '?tab=access', '?column=quantity'].map((t) => `/data/${id}${t}`)
  const flow = await workflowAndRun(me)
  const canvas = ['', '?node=by', '?side=declare', '?node=by&panel=rows', '?node=by&panel=columns', '?node=by&panel=chart', '?node=by&panel=log'].map((t) => `/workflows/${flow.id}${t}`)
  const runs = ['', '?node=by', '?tab=log', '?tab=compare'].map((t) => `/runs/${flow.run}${t}`)
  const board = await dashboardOver(me, id)
  if (world.reports) await post(me, `/dashboards/${board}/deliveries`, { enabled: true, cron: { expression: '0 6 * * *', time_zone: 'Asia/Shanghai', missed: 'once' }, name: 'Every day', formats: ['html'], time_zone: 'Asia/Shanghai', to: { type: 'folder', folder: 'reports' } })
  const boards = ['', `/${board}`, `/${board}?tab=lineage`, `/${board}?tab=access`, `/${board}?tab=discussion`, `/${board}?tab=delivery`, `/${board}/edit`].map((t) => `/dashboards${t}`)
  const team = ['project', 'organization', 'requests', 'tokens', 'audit'].map((t) => `/team?tab=${t}`)
  return [
    '/sign-in', '/projects', '/account',
    ...['', '/data', ...tabs, `/data/${id}/compare`, '/data/import', '/data/import?source=database', '/data/import?source=s3', '/data/import?source=folder', '/explore', '/scenarios', `/scenarios/customer-value?dataset=${id}`, `/runs/${world.demo.run}`, `/runs/${world.demo.run}?tab=lineage`, '/workflows', ...canvas, `/workflows/${flow.id}/compare`, ...runs, ...boards, '/components', '/components/filter', '/apps', '/models', ...team].map((p) => me.project(p)),
  ]
}

/** A workflow with a frame, a note and something declared, and a run of it. */
async function workflowAndRun(me) {
  const id = await made(me, `Looked at closely ${Date.now()}`)
  const edits = [
    // Other rows than those of other tests, whose results would be known.
    { op: 'set_param', id: 'keep', param: 'conditions', value: [{ column: 'sales_value', operator: 'more', value: '0.5' }] },
    { op: 'add_frame', id: 'f', frame: { title: 'Kept' } },
    { op: 'set_frame', id: 'keep', frame: 'f' },
    { op: 'add_note', id: 't', note: { text: 'Why this is here', position: { x: 0, y: 160 } } },
    { op: 'declare_param', name: 'least', schema: { type: 'number', default: 1, 'x-label': { en: 'Least', 'zh-CN': '最小值' } } },
    { op: 'expose_output', name: 'sales', output: { from: { node: 'by', port: 'table' } } },
  ]
  await post(me, `/workflows/${id}/edits`, { client: 'test', base: 0, edits })
  await post(me, `/workflows/${id}/versions`, { message: 'first' })
  const run = await post(me, `/workflows/${id}/runs`, {})
  await until('the run', async () => ['succeeded', 'failed'].includes((await me.api(`/runs/${run.id}`)).state))
  return { id, run: run.id }
}

/** A dashboard with words, two figures, a filter and one figure that can't be made. */
async function dashboardOver(me, dataset) {
  const block = (id, component, params) => ({ id, span: 'half', shows: { figure: { source: 'data', component, params } } })
  const words = { id: 'w', span: 'full', shows: { text: { en: 'What **sells**.', 'zh-CN': '**销售**情况。' } } }
  const figures = [block('a', 'bar-chart', { category: 'week' }), block('b', 'headline', {}), block('c', 'bar-chart', { category: 'nowhere' })]
  const dashboard = {
    format: 1,
    sources: { data: { dataset } },
    filters: [{ id: 'f1', column: 'week', sources: ['data'], control: 'range' }, { id: 'f2', column: 'store_id', sources: ['data'], control: 'choice' }],
    pages: [{ id: 'p1', title: { en: 'One', 'zh-CN': '一' }, blocks: [words, ...figures] }, { id: 'p2', title: { en: 'Two', 'zh-CN': '二' }, blocks: [] }],
  }
  return (await post(me, `/projects/${world.demo.project}/dashboards`, { name: `Looked at closely ${Date.now()}`, dashboard })).asset.id
}

/** Waits until nothing on the page is still on its way. */
const settled = (me) =>
  me.page.waitForFunction(() => document.querySelector('h1, h2') && !document.querySelector('[role=status], .ant-skeleton, .ant-spin-spinning, [aria-busy=true]'))

/** What axe finds wrong with the page on screen. */
async function violations(me, path) {
  await me.page.evaluate(AXE)
  const result = await me.page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations'] }))
  return result.violations.flatMap((v) => v.nodes.map((n) => `${path}: ${v.id}: ${n.html.slice(0, 140)} ${n.any[0]?.message ?? ''}`))
}

const NARROW = 390

/** What is wrong with the page on a phone: what axe finds, and whether it is wider than the screen. */
async function faultsOnPhone(me, path) {
  const { width, height } = me.page.viewportSize()
  await me.page.setViewportSize({ width: NARROW, height: 844 })
  await me.page.waitForFunction((narrow) => window.innerWidth === narrow, NARROW)
  await settled(me)
  // Two frames: one in which what depends on the width is made anew, one in which it is laid out.
  const found = await me.page.evaluate(async () => {
    for (let i = 0; i < 2; i += 1) await new Promise((next) => requestAnimationFrame(next))
    return Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0)
  })
  const faults = await violations(me, `${path} (${NARROW} wide)`)
  if (found > NARROW) faults.push(`${path} is ${found} pixels wide on a phone`)
  await me.page.setViewportSize({ width, height })
  return faults
}

export function tests() {
  for (const [lang, colorScheme] of [['en', 'light'], ['zh-CN', 'dark']]) {
    test(`every page passes WCAG 2 AA as far as axe can tell, and fits a phone (${lang}, ${colorScheme})`, { timeout: 420_000 }, async () => {
      const me = await person({ lang, colorScheme, bypassCSP: true })
      const found = []
      for (const path of await pages(me)) {
        await me.open(path)
        await settled(me)
        found.push(...(await violations(me, path)), ...(await faultsOnPhone(me, path)))
      }
      assert.deepEqual(found, [])
      await me.done()
    })
  }

  test('on a phone four places stand below, and the others are one touch away', async () => {
    const me = await person({ width: NARROW, height: 844, lang: 'zh-CN' })
    await me.open(me.project('/data'))
    const rail = me.page.getByRole('navigation', { name: '主导航' })
    await rail.getByRole('link').first().waitFor()
    assert.deepEqual(await rail.getByRole('link').allInnerTexts(), ['首页', '数据', '仪表盘', '应用'])
    // At rest, as a page that is still made takes the focus away.
    await settled(me)
    await rail.getByRole('button', { name: '更多' }).press('Enter')
    // The keyboard is inside at once, and Escape leads back.
    await me.page.waitForFunction(() => document.activeElement?.textContent === '探索')
    await me.page.keyboard.press('Escape')
    await me.page.waitForFunction(() => document.activeElement?.getAttribute('aria-expanded') === 'false')
    await me.page.keyboard.press('Enter')
    await rail.getByRole('link', { name: '团队' }).click()
    await me.page.waitForURL(/\/team/, { waitUntil: 'commit' })
    await rail.getByRole('button', { name: '团队' }).waitFor()
    assert.equal(await rail.getByRole('link').count(), 4)
    await me.done()
  })

  test('tabs that have no room are reached by keyboard', async () => {
    const me = await person({ width: NARROW, height: 844 })
    const id = (await me.api(`/projects/${world.demo.project}/assets?kind=dataset&limit=100`)).items.find((a) => a.name === 'products').id
    await me.open(me.project(`/data/${id}`))
    await me.page.getByRole('tab', { name: 'Content' }).focus()
    await me.page.keyboard.press('End')
    await me.page.keyboard.press('Enter')
    const last = me.page.getByRole('tab', { name: 'Discussion', selected: true })
    await last.waitFor()
    const { x, width } = await last.boundingBox()
    assert.ok(x >= 0 && x + width <= NARROW, 'the chosen tab is in sight')
    await me.done()
  })

  test('what needs a larger screen says so on a phone', async () => {
    const me = await person({ width: NARROW, height: 844, lang: 'zh-CN' })
    await me.open(me.project('/explore'))
    await me.see('请在更大的屏幕上进行')
    await me.done()
  })

  test('Ctrl K finds data and commands by keyboard alone', async () => {
    const me = await person()
    await me.page.getByRole('link', { name: 'Scenarios' }).waitFor()
    await me.page.keyboard.press('Control+k')
    await me.page.getByRole('combobox', { name: /Search data/ }).waitFor()
    await me.page.keyboard.type('demograph')
    await me.page.getByRole('option', { name: /demographics/ }).first().waitFor()
    await me.page.keyboard.press('Enter')
    await me.page.getByRole('heading', { name: 'demographics' }).waitFor()
    await me.page.keyboard.press('Control+k')
    await me.page.getByRole('combobox', { name: /Search data/ }).fill('write sql')
    await me.page.getByRole('option', { name: 'Write SQL' }).waitFor()
    await me.page.keyboard.press('Enter')
    await me.page.waitForURL(/\/explore/, { waitUntil: 'commit' })
    await me.done()
  })

  test('the keyboard reaches the page past the frame, and focus is seen', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: 'products', exact: true }).waitFor()
    await me.page.keyboard.press('Tab')
    assert.equal(await me.page.evaluate(() => document.activeElement.textContent), 'Skip to the page')
    await me.page.keyboard.press('Tab')
    const outline = await me.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
    assert.equal(outline, 'solid')
    await me.done()
  })

  test('what isn’t there says so and leads back', async () => {
    const me = await person()
    await me.open(me.project('/data/00000000-0000-4000-8000-000000000000'))
    const alert = me.page.getByRole('alert').filter({ hasText: 'Not here' })
    await alert.waitFor()
    assert.match(await alert.innerText(), /Request \S+/)
    await me.open('/projects/00000000-0000-4000-8000-000000000000')
    await me.page.getByRole('alert').filter({ hasText: 'Not here' }).waitFor()
    await me.open('/no/such/page')
    await me.see('There is no page at this address')
    await me.done()
  })

  test('a server that is away is told, and retried', async () => {
    const me = await person()
    await me.open(me.project('/data'))
    await me.page.getByRole('link', { name: 'products', exact: true }).waitFor()
    await me.page.route('**/api/v1/projects/*/members**', (route) => route.abort())
    await me.page.getByRole('link', { name: 'Team' }).click()
    const alert = me.page.getByRole('alert').filter({ hasText: 'No connection' })
    await alert.waitFor()
    await me.page.unroute('**/api/v1/projects/*/members**')
    await alert.getByRole('button', { name: 'Try again' }).click()
    await me.page.getByRole('row').filter({ hasText: EMAIL }).first().waitFor()
    me.faults.splice(0, me.faults.length, ...me.faults.filter((f) => !f.includes('ERR_FAILED')))
    await me.done()
  })

  test('nothing comes from another host', async () => {
    const me = await person()
    const others = []
    me.page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.origin !== new URL(world.url).origin && !['data:', 'blob:'].includes(url.protocol)) others.push(request.url())
    })
    for (const path of [me.project(), me.project('/explore'), me.project(`/runs/${world.demo.run}`)]) {
      await me.open(path)
      await settled(me)
    }
    assert.deepEqual(others, [])
    await me.done()
  })
}
