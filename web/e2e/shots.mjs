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

const looks = [
  { name: 'en-light-1440', lang: 'en', theme: 'light', width: 1440, height: 900 },
  { name: 'zh-dark-1440', lang: 'zh-CN', theme: 'dark', width: 1440, height: 900 },
  { name: 'zh-light-390', lang: 'zh-CN', theme: 'light', width: 390, height: 844 },
  { name: 'en-dark-390', lang: 'en', theme: 'dark', width: 390, height: 844 },
]
const problems = []
for (const look of looks) {
  if (process.env.LOOK && !look.name.includes(process.env.LOOK)) continue
  const context = await browser.newContext({ viewport: { width: look.width, height: look.height }, locale: look.lang, colorScheme: look.theme, deviceScaleFactor: look.width < 500 ? 2 : 1 })
  await context.addInitScript(([lang]) => localStorage.setItem('tandem.lang', lang), [look.lang])
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`${look.name} ${page.url()}: ${error.message}`))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(`${look.name} ${page.url()}: ${message.text()}`))
  const shot = async (name, full = false) => {
    await page.waitForLoadState('networkidle').catch(() => undefined)
    await page.waitForTimeout(350)
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
    await page.waitForLoadState('networkidle').catch(() => undefined)
    if (after) await after()
    await shot(name, full)
  }
  await go('home', '')
  await go('data', '/data')
  if (asset) {
    const d = `/data/${asset.id}`
    await go('dataset-content', d)
    await go('dataset-column', d, { after: () => page.locator('button[aria-expanded=false]').nth(2).click({ timeout: 3000 }).catch(() => undefined) })
    for (const tab of ['rows', 'versions', 'lineage', 'quality', 'access']) await go(`dataset-${tab}`, `${d}?tab=${tab}`)
    await go('compare', `${d}/compare?from=1&to=2`)
  }
  await go('import', '/data/import')
  await go('import-database', '/data/import?source=database')
  await go('explore', '/explore', { after: async () => {
    if (look.width < 500) return
    const name = asset ? `"${asset.name}"` : '(values (1))'
    await page.locator('.cm-content').click()
    await page.keyboard.insertText(`SELECT *\nFROM ${name}\nLIMIT 5000`)
    await page.keyboard.press('Control+Enter')
    await page.waitForTimeout(1200)
  } })
  await go('explore-error', '/explore', { after: async () => {
    if (look.width < 500) return
    await page.locator('.cm-content').click()
    await page.keyboard.insertText(asset ? `SELECT count(*),\n       nope\nFROM "${asset.name}"` : 'select nope')
    await page.keyboard.press('Control+Enter')
    await page.waitForTimeout(800)
  } })
  await go('scenarios', '/scenarios')
  await go('scenario', `/scenarios/customer-value${asset ? `?dataset=${asset.id}` : ''}`, { full: true })
  if (report) await go('report', `/runs/${report.id}`, { full: true, after: () => page.waitForTimeout(900) })
  for (const tab of ['project', 'organization', 'requests', 'tokens', 'audit']) await go(`team-${tab}`, `/team?tab=${tab}`)
  await go('search', '', { after: async () => { await page.keyboard.press('Control+k'); await page.waitForTimeout(500) } })
  await go('tray', '', { after: async () => { await page.locator('header button').nth(-4).click(); await page.waitForTimeout(400) } })
  await go('missing', '/data/00000000-0000-4000-8000-00000000dead')
  if (want('account')) { await page.goto(`${url}/account`); await shot('account') }
  await context.close()
}
await browser.close()
for (const p of [...new Set(problems)].slice(0, 40)) console.log(p.slice(0, 400))
