import assert from 'node:assert/strict'
import { test } from 'node:test'
import { made, post, step } from '../flows.mjs'
import { EMAIL } from '../server.mjs'
import { person, world } from '../world.mjs'

const stamp = Date.now().toString(36)
const VERA = { name: `Vera ${stamp}`, email: `vera.${stamp}@example.com`, password: 'a long enough one' }

export function tests() {
  test('a person is added to the organization and to the project', async () => {
    const me = await person()
    await me.open(me.project('/team?tab=organization'))
    await me.button('Add a person').click()
    const form = me.page.getByRole('dialog')
    await form.getByLabel('Name').fill(VERA.name)
    await form.getByLabel('Email').fill('not an address')
    await form.getByText('Enter an email address').waitFor()
    await form.getByLabel('Email').fill(VERA.email)
    await form.getByLabel('First password').fill(VERA.password)
    await form.getByRole('button', { name: 'Add' }).click()
    await me.page.getByRole('row').filter({ hasText: VERA.email }).waitFor()
    await me.page.getByRole('tab', { name: 'This project' }).click()
    await me.page.getByRole('combobox', { name: 'Add a person' }).click()
    await me.page.keyboard.type(VERA.name)
    await me.page.keyboard.press('Enter')
    await me.page.getByRole('combobox', { name: 'Role', exact: true }).click()
    await me.page.locator('.ant-select-dropdown:visible').getByText('Viewer', { exact: true }).click()
    await me.page.getByRole('button', { name: 'Add', exact: true }).click()
    await me.page.getByRole('row').filter({ hasText: VERA.email }).getByText('Viewer').first().waitFor()
    await me.done()
  })

  test('what a viewer may not do isn’t there; what is missing is asked for and granted', async () => {
    const vera = await person({ email: VERA.email, password: VERA.password })
    await vera.open(vera.project('/data'))
    await vera.page.getByRole('link', { name: 'products', exact: true }).waitFor()
    assert.equal(await vera.page.getByRole('link', { name: 'Explore' }).count(), 0)
    assert.equal(await vera.page.getByRole('button', { name: 'Import a file' }).count(), 0)
    await vera.open(vera.project('/explore'))
    // Each dead end says what it takes, who gives it, and has a way to ask them.
    for (const [path, takes] of [['/explore', /takes the role “Analyst”/], ['/scenarios/customer-value', /takes the role “Operator”/], ['/data/import', /takes the role “Operator”/]]) {
      await vera.open(vera.project(path))
      const stop = vera.page.getByRole('alert').filter({ hasText: 'You may not do this' })
      await stop.getByText(takes).waitFor()
      await stop.getByText('Yours in this project is “Viewer”.').waitFor()
      await stop.getByRole('listitem').filter({ hasText: EMAIL }).filter({ hasText: 'Owner' }).waitFor()
      assert.match(await stop.getByRole('link', { name: 'Ask by e-mail' }).getAttribute('href'), new RegExp(`^mailto:.*${encodeURIComponent(EMAIL)}.*${encodeURIComponent(path)}`))
      await stop.getByRole('button', { name: 'Copy the request' }).click()
      await stop.getByRole('button', { name: 'Copied' }).waitFor()
    }
    await vera.open(vera.project('/data'))
    await vera.page.getByRole('link', { name: 'products', exact: true }).click()
    await vera.page.getByRole('tab', { name: 'Access' }).click()
    // Who else may do what isn't asked for on her behalf; whoever asks is refused, and the audit keeps it.
    await vera.see('Whoever manages it sees')
    const products = new URL(vera.page.url()).pathname.split('/').at(-1)
    assert.equal((await vera.page.request.get(`/api/v1/assets/${products}/grants`)).status(), 403)
    await vera.button('Ask for access').click()
    const form = vera.page.getByRole('dialog')
    await form.getByRole('textbox').fill('For the shelf plan of the spring')
    await form.getByRole('button', { name: 'Send the request' }).click()
    await vera.see('Sent. You will be told')

    const owner = await person()
    const card = owner.page.getByRole('listitem').filter({ hasText: 'For the shelf plan of the spring' })
    await card.getByRole('button', { name: 'Approve' }).click()
    await card.waitFor({ state: 'detached' })
    await owner.done()

    await vera.page.reload()
    await vera.page.getByText('You may').first().waitFor()
    const header = vera.page.locator('main header').first()
    await header.getByText('Download', { exact: true }).waitFor()
    await vera.done()
  })

  test('a guest to whom nothing was granted is told so, and whom to ask', async () => {
    const owner = await person()
    const gus = { name: `Gus ${stamp}`, email: `gus.${stamp}@example.com`, role: 'guest', password: 'a long enough one' }
    const { user } = await post(owner, '/org/members', gus)
    const { csrf_token } = await owner.api('/session')
    const put = await owner.page.request.put(`/api/v1/projects/${world.demo.project}/members/${user.id}`, { data: { role: 'guest' }, headers: { 'x-csrf-token': csrf_token } })
    assert.ok(put.ok(), await put.text())
    const guest = await person({ email: gus.email, password: gus.password })
    await guest.open(guest.project())
    await guest.see('Nothing is shared with you yet')
    assert.equal(await guest.page.getByText('This project is empty').count(), 0)
    await guest.page.getByRole('listitem').filter({ hasText: EMAIL }).waitFor()
    await guest.page.getByRole('link', { name: 'Ask by e-mail' }).waitFor()
    await guest.done()
    await owner.done()
  })

  test('who may only look at a canvas reads it, and changes nothing', async () => {
    const owner = await person()
    const id = await made(owner, `Only looked at ${stamp}`)
    const before = (await owner.api(`/workflows/${id}`)).workflow
    const vera = await person({ email: VERA.email, password: VERA.password, width: 1440 })
    await vera.open(vera.project(`/workflows/${id}?node=keep&panel=rows`))
    await vera.see('View only')
    await vera.page.getByRole('grid', { name: /^Rows of/ }).waitFor()
    assert.equal(await vera.page.getByRole('button', { name: 'Save a version' }).count(), 0)
    assert.equal(await vera.page.getByRole('button', { name: 'Run', exact: true }).count(), 0)
    assert.equal(await vera.page.getByRole('textbox', { name: 'Search components' }).count(), 0)
    await step(vera, 'keep').click()
    await vera.page.keyboard.press('Delete')
    await vera.page.keyboard.press('/')
    await step(vera, 'keep').waitFor()
    await vera.done()
    assert.deepEqual((await owner.api(`/workflows/${id}`)).workflow, before)
    await owner.done()
  })

  test('a token is shown once and revoked; the audit tells who did what', async () => {
    const me = await person()
    await me.open(me.project('/team?tab=tokens'))
    await me.button('New token').click()
    await me.page.getByRole('dialog').getByLabel('Name').fill(`nightly ${stamp}`)
    await me.page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    const secret = await me.page.getByRole('dialog').getByText(/^tdm_/).innerText()
    const asked = await fetch(`${world.url}/api/v1/projects`, { headers: { authorization: `Bearer ${secret.trim()}` } })
    assert.equal(asked.status, 200)
    await me.button('I have kept it').click()
    await me.page.getByRole('row').filter({ hasText: `nightly ${stamp}` }).getByRole('button', { name: 'Revoke' }).click()
    await me.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await me.page.getByRole('row').filter({ hasText: `nightly ${stamp}` }).waitFor({ state: 'detached' })
    assert.equal((await fetch(`${world.url}/api/v1/projects`, { headers: { authorization: `Bearer ${secret.trim()}` } })).status, 401)
    await me.open(me.project('/team?tab=audit'))
    await me.page.getByText('Denied', { exact: true }).first().click()
    await me.page.waitForURL(/decision=deny/, { waitUntil: 'commit' })
    await me.page.getByRole('textbox', { name: 'From' }).fill('2020-01-31')
    await me.page.keyboard.press('Enter')
    await me.page.waitForURL(/from=2020-01-31/, { waitUntil: 'commit' })
    await me.page.getByRole('row').filter({ hasText: VERA.name }).first().waitFor()
    await me.done()
  })
}
