import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMAIL, PASSWORD } from '../server.mjs'
import { person, world } from '../world.mjs'

export function tests() {
  test('signing in: a wrong password is told, the right one leads to where one wanted to go', async () => {
    const me = await person({ signIn: false })
    const wanted = me.project('/data?q=prod')
    await me.open(wanted)
    await me.page.waitForURL(/\/sign-in\?next=/, { waitUntil: 'commit' })
    await me.page.fill('input[autocomplete=username]', EMAIL)
    await me.page.fill('input[autocomplete=current-password]', 'not the password')
    await me.page.keyboard.press('Enter')
    await me.page.getByRole('alert').filter({ hasText: 'Email or password is wrong' }).waitFor()
    await me.page.fill('input[autocomplete=current-password]', PASSWORD)
    await me.page.keyboard.press('Enter')
    await me.page.waitForURL((url) => url.pathname + url.search === wanted, { waitUntil: 'commit' })
    await me.page.getByRole('link', { name: 'products', exact: true }).waitFor()
    assert.equal(await me.page.getByRole('link', { name: 'campaigns', exact: true }).count(), 0)
    await me.done()
  })

  test('an address outside the application is not followed after signing in', async () => {
    const me = await person({ signIn: false })
    await me.open('/sign-in?next=//example.com/')
    await me.page.fill('input[autocomplete=username]', EMAIL)
    await me.page.fill('input[autocomplete=current-password]', PASSWORD)
    await me.page.keyboard.press('Enter')
    await me.page.waitForURL((url) => url.pathname.startsWith('/projects') && url.origin === new URL(world.url).origin, { waitUntil: 'commit' })
    await me.done()
  })

  test('language and theme change at once and stay', async () => {
    const me = await person()
    await me.button('Language').click()
    await me.page.getByRole('menuitem', { name: '简体中文' }).click()
    await me.page.getByRole('link', { name: '场景' }).waitFor()
    assert.equal(await me.page.evaluate(() => document.documentElement.lang), 'zh-CN')
    await me.button('外观').click()
    await me.page.getByRole('menuitem', { name: '深色' }).click()
    await me.page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
    assert.equal(await me.page.evaluate(() => localStorage.getItem('tandem.theme')), 'dark')
    await me.button('外观').click()
    await me.page.getByRole('menuitem', { name: '跟随系统' }).click()
    await me.page.waitForFunction(() => document.documentElement.dataset.theme === 'light')
    await me.button('语言').click()
    await me.page.getByRole('menuitem', { name: 'English' }).click()
    await me.page.getByRole('link', { name: 'Scenarios' }).waitFor()
    await me.done()
  })

  test('signing out closes the door', async () => {
    const me = await person({ fresh: true })
    await me.page.getByRole('button', { name: 'You', exact: true }).click()
    await me.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await me.page.waitForURL(/\/sign-in/, { waitUntil: 'commit' })
    await me.open(me.project())
    await me.page.waitForURL(/\/sign-in\?next=/, { waitUntil: 'commit' })
    await me.done()
  })
}
