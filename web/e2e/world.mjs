// What the tests share: the browser, the server, and people at pages.
import assert from 'node:assert/strict'
import { EMAIL, PASSWORD } from './server.mjs'

export const world = { browser: null, url: '', demo: { project: '', run: '' }, stop: null }

const sessions = new Map()

/** Refusals that a test provokes; anything else on the console fails it. */
const EXPECTED = /status of (400|401|403|404|409)/

/** Somebody at a page of their own. `person.faults` collects what went wrong on it. */
export async function person({ lang = 'en', width = 1280, height = 860, email = EMAIL, password = PASSWORD, signIn = true, colorScheme = 'light', bypassCSP = false, fresh = false, expected = null } = {}) {
  const context = await world.browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width, height }, locale: lang, colorScheme, bypassCSP, permissions: ['clipboard-read', 'clipboard-write'], baseURL: world.url,
    storageState: signIn && !fresh ? sessions.get(email) : undefined,
  })
  await context.addInitScript((chosen) => localStorage.setItem('tandem.lang', chosen), lang)
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && !EXPECTED.test(message.text()) && !expected?.test(message.text()) && faults.push(message.text()))
  const me = {
    page,
    faults,
    open: (path) => page.goto(path),
    text: (selector = 'main') => page.locator(selector).first().innerText(),
    see: (text, options) => page.getByText(text, options).first().waitFor(),
    button: (name) => page.getByRole('button', { name, exact: false }).first(),
    /** The server, asked as this person. */
    api: async (path) => (await page.request.get(`/api/v1${path}`)).json(),
    project: (path = '') => `/projects/${world.demo.project}${path}`,
    done: async () => {
      await context.close()
      assert.deepEqual(faults, [], 'nothing went wrong on the page')
    },
  }
  if (signIn && !fresh && sessions.has(email)) await page.goto('/')
  else if (signIn) {
    await page.goto('/sign-in')
    await page.fill('input[autocomplete=username]', email)
    await page.fill('input[autocomplete=current-password]', password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname.startsWith('/projects'), { waitUntil: 'commit' }).catch(async (error) => {
      throw new Error(`${email} could not sign in; the page says: ${await page.locator('body').innerText()}`, { cause: error })
    })
    // Signing in is slow on purpose; it is tested once and kept.
    if (!fresh) sessions.set(email, { cookies: await context.cookies(), origins: [] })
  }
  return me
}
