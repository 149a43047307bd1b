// Pictures of every page, in both languages, light and dark, wide and narrow.
// node e2e/shots.mjs URL OUT [only] — looks, doesn't judge.
import { mkdirSync } from 'node:fs'
import { launch } from './browser.mjs'

const [url, out, only] = process.argv.slice(2)
const email = process.env.TANDEM_E2E_EMAIL ?? 'ana@example.com'
const password = process.env.TANDEM_E2E_PASSWORD ?? 'a password that works'
mkdirSync(out, { recursive: true })
const browser = await launch()

export async function signIn(page) {
  await page.goto(`${url}/`)
  await page.waitForURL((u) => u.pathname !== '/', { timeout: 15000 })
  if (page.url().includes('/sign-in')) {
    await page.fill('input[autocomplete=username]', email)
    await page.fill('input[autocomplete=current-password]', password)
    await page.click('button[type=submit]')
    await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'))
  }
}

/** Until nothing is on its way and what moves has come to rest. */
async function still(page) {
  await page.waitForFunction(() => !document.querySelector('[role=status], .ant-skeleton, .ant-spin-spinning, [aria-busy=true]')).catch(() => undefined)
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished)))
}

const looks = [
  { name: 'en-light-1440', lang: 'en', theme: 'light', width: 1440, height: 900 },
  { name: 'zh-dark-1440', lang: 'zh-CN', theme: 'dark', width: 1440, height: 900 },
  { name: 'zh-light-390', lang: 'zh-CN', theme: 'light', width: 390, height: 844 },
  { name: 'en-dark-390', lang: 'en', theme: 'dark', width: 390, height: 844 },
]
const problems = []
for (const look of looks) {
  if (process.env.LOOK && !look.name.includes(process.env.LOOK)) continue
  const context = await browser.newContext({ viewport: { width: look.width, height: look.height }, locale: look.lang, colorScheme: look.theme, reducedMotion: 'reduce', deviceScaleFactor: look.width < 500 ? 2 : 1 })
  await context.addInitScript(([lang]) => localStorage.setItem('tandem.lang', lang), [look.lang])
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`${look.name} ${page.url()}: ${error.message}`))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(`${look.name} ${page.url()}: ${message.text()}`))
  const shot = async (name, full = false) => {
    await still(page)
    if (full) await page.addStyleTag({ content: '[class*=_frame_]{height:auto!important} [class*=_main_]{overflow:visible!important}' })
    await page.screenshot({ path: `${out}/${name}.${look.name}.png`, fullPage: full })
  }
  const want = (name) => !only || only.split(',').some((o) => name.startsWith(o))
  if (want('sign-in')) {
    await page.goto(`${url}/sign-in`)
    await shot('sign-in')
  }
  await signIn(page)
  if (!page.url().match(/\/projects\/[^/]+/)) {
    await page.goto(`${url}/projects`)
    if (want('projects')) await shot('projects')
    await page.click('main li a')
    await page.waitForURL(/\/projects\/[^/]+/)
  } else if (want('projects')) {
    const here = page.url()
    await page.goto(`${url}/projects`)
    await shot('projects')
    await page.goto(here)
  }
  const base = new URL(page.url()).pathname.replace(/(\/projects\/[^/]+).*/, '$1')
  const get = async (path) => (await page.request.get(`${url}/api/v1${path}`)).json()
  const project = base.split('/')[2]
  const assets = (await get(`/projects/${project}/assets?kind=dataset&limit=100`)).items
  const asset = assets.find((a) => a.name.includes('transactions')) ?? assets[0]
  const runs = (await get(`/projects/${project}/runs?limit=50`)).items
  const report = runs.find((r) => r.kind === 'scenario' && r.state === 'succeeded')
  const go = async (name, path, { full = false, after } = {}) => {
    if (!want(name)) return
    await page.goto(`${url}${base}${path}`)
    await still(page)
    // A picture of what can't be reached is a picture of what stands in the way.
    if (after) await after().catch((error) => problems.push(`${look.name} ${name}: ${error.message}`))
    await shot(name, full)
  }
  const narrow = look.width < 500
  const many = assets.find((a) => (a.latest?.seq ?? 0) > 1 && a.restricted_by.length === 0)
  await go('home', '')
  await go('data', '/data')
  if (asset) {
    const d = `/data/${asset.id}`
    await go('dataset-content', d)
    await go('dataset-column', d, { after: () => page.locator('button[aria-expanded=false]').nth(5).click() })
    for (const tab of ['rows', 'versions', 'lineage', 'quality', 'access']) await go(`dataset-${tab}`, `${d}?tab=${tab}`)
  }
  if (many) {
    const d = `/data/${many.id}`
    for (const tab of ['content', 'versions', 'lineage', 'quality', 'access']) await go(`many-${tab}`, `${d}?tab=${tab}`)
    await go('many-rejects', `${d}?v=1`, { after: () => page.locator('dl button').first().click() })
    await go('compare', `${d}/compare?from=1&to=2`)
    await go('compare-key', `${d}/compare?from=1&to=2&key=${encodeURIComponent('订单号')}`)
    if (!narrow) await go('quality-edit', `${d}?tab=quality`, { after: () => page.locator('main button:has(.lucide-shield-check), main button:has(.lucide-pencil)').last().click() })
    if (!narrow) await go('policy-edit', `${d}?tab=access`, { after: () => page.locator('main button:has(.lucide-plus)').first().click() })
  }
  await go('data-none', '/data?q=zzz')
  await go('import', '/data/import')
  for (const source of ['folder', 's3', 'database']) await go(`import-${source}`, `/data/import?source=${source}`)
  const csv = ['Order No,Bought on,Amount,City', ...Array.from({ length: 200 }, (_, i) => `${1000 + i},2026-0${1 + (i % 9)}-1${i % 9},"$1,${100 + i}.50",${['Berlin', '北京', 'Lyon'][i % 3]}`)].join('\n')
  const upload = async (name, text) => {
    await page.locator('main input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await page.locator('[role=region], [role=alert]').first().waitFor()
    await still(page)
  }
  if (!narrow) {
    await go('import-preview', '/data/import', { after: () => upload('orders.csv', csv) })
    await go('import-broken', '/data/import', { after: () => upload('broken.parquet', 'PAR1 this is no parquet PAR1') })
    await go('import-target', '/data/import', { after: async () => {
      await upload('orders.csv', csv)
      await page.locator('main button.ant-btn-primary').last().click()
      await page.locator('form').waitFor()
    } })
  }
  const ask = async (sql) => {
    if (narrow) return
    await page.locator('.cm-content').click()
    await page.keyboard.insertText(sql)
    await page.keyboard.press('Control+Enter')
    await page.locator('[role=grid], [role=alert]').first().waitFor()
  }
  await go('explore-start', '/explore')
  await go('explore', '/explore', { after: () => ask('SELECT *\nFROM transactions\nLIMIT 5000') })
  await go('explore-chart', '/explore?view=chart', { after: async () => {
    if (narrow) return
    await page.locator('.cm-content').click()
    await page.keyboard.insertText("SELECT date_trunc('month', transaction_timestamp) AS month, sum(sales_value) AS sales\nFROM transactions\nGROUP BY 1 ORDER BY 1")
    await page.keyboard.press('Control+Enter')
    await page.locator('main [role=img] canvas, main [role=img][aria-label] svg path').first().waitFor()
  } })
  await go('explore-error', '/explore', { after: () => ask('SELECT count(*),\n       nope\nFROM transactions') })
  await go('workflows', '/workflows')
  const flows = (await get(`/projects/${project}/assets?kind=workflow&limit=20`)).items ?? []
  const flow = flows.find((f) => f.rights.includes('use'))
  if (flow) {
    const w = `/workflows/${flow.id}`
    const drawn = () => page.locator('.react-flow__node').first().waitFor()
    const first = Object.keys((await get(`/workflows/${flow.id}`)).workflow.nodes).at(-1)
    await go('workflow', w, { after: drawn })
    await go('workflow-step', `${w}?node=${first}`, { after: drawn })
    for (const panel of ['rows', 'columns', 'log']) await go(`workflow-${panel}`, `${w}?node=${first}&panel=${panel}`, { after: drawn })
    if (!narrow) await go('workflow-add', w, { after: async () => { await drawn(); await page.keyboard.press('/'); await page.locator('[role=listbox]').waitFor() } })
    if (!narrow) await go('workflow-keys', w, { after: async () => { await drawn(); await page.keyboard.press('?'); await page.locator('.ant-modal').waitFor() } })
    if (flow.latest) await go('workflow-compare', `${w}/compare?from=1`, { after: drawn })
  }
  await go('scenarios', '/scenarios')
  await go('scenario', `/scenarios/customer-value${asset ? `?dataset=${asset.id}` : ''}`, { full: true })
  if (report) await go('report', `/runs/${report.id}`, { full: true, after: () => page.locator('figure svg').first().waitFor() })
  if (report) await go('report-lineage', `/runs/${report.id}?tab=lineage`)
  for (const [state, name] of [['failed', 'run-failed'], ['cancelled', 'run-cancelled']]) {
    const run = runs.find((r) => r.state === state)
    if (run) await go(name, `/runs/${run.id}`)
  }
  const imported = runs.find((r) => r.kind === 'import' && r.state === 'succeeded')
  if (imported) await go('run-import', `/runs/${imported.id}`)
  for (const tab of ['project', 'organization', 'requests', 'tokens', 'audit']) await go(`team-${tab}`, `/team?tab=${tab}`)
  await go('search', '', { after: async () => { await page.keyboard.press('Control+k'); await page.locator('[role=listbox]').waitFor() } })
  await go('tray', '', { after: async () => { await page.locator('header button:has(.lucide-activity)').click(); await page.locator('.ant-popover').waitFor() } })
  await go('missing', '/data/00000000-0000-4000-8000-00000000dead')
  if (want('no-page')) {
    await page.goto(`${url}/no/such/page`)
    await shot('no-page')
  }
  if (want('account')) { await page.goto(`${url}/account`); await shot('account') }
  await context.close()
}
await browser.close()
for (const p of [...new Set(problems)].slice(0, 40)) console.log(p.slice(0, 400))
