import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { made, step } from '../flows.mjs'
import { until } from '../server.mjs'
import { person } from '../world.mjs'

const menu = async (me, item) => {
  await me.page.locator('header').getByRole('button', { name: 'More', exact: true }).first().click()
  await me.page.getByRole('menuitem', { name: item }).click()
}

/** Puts a file where one is chosen. */
const give = (me, name, content) => me.page.getByTestId('given-file').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) })

/** The notebook of a workflow as somebody changed it: another number, a cell more. */
async function changed(me, id) {
  const notebook = await me.api(`/workflows/${id}/notebook`)
  const cell = notebook.cells.find((one) => one.id === 'p-keep')
  cell.source = cell.source.join('').replace('"0"', '"5"')
  notebook.cells.push({ cell_type: 'code', id: 'cafe', metadata: {}, source: 'best = group.to_pandas().head(3)', outputs: [{ output_type: 'stream', name: 'stdout', text: 'x' }] })
  return notebook
}

export function tests() {
  test('a notebook comes back to its canvas: looked at first, then done, and undone', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'There and back')
    const other = await made(me, 'Somewhere else')
    const notebook = await changed(me, id)
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    await menu(me, 'Bring a notebook back…')
    await give(me, 'wrong.ipynb', '{')
    await me.see('This is no notebook')
    await give(me, 'other.ipynb', await changed(me, other))
    await me.see('made from another workflow')
    await give(me, 'There and back.ipynb', notebook)
    const dialog = me.page.getByRole('dialog')
    await dialog.getByText('best = group.to_pandas().head(3)').waitFor()
    const said = await dialog.innerText()
    for (const words of ['Added', 'Python', 'Changed', 'Filter', 'This cell is a Python component now.']) assert.ok(said.includes(words), `${words} in ${said}`)
    const value = async () => (await me.api(`/workflows/${id}/document`)).nodes.keep.params.conditions[0].value
    assert.equal(await value(), '0', 'nothing is changed yet')
    await me.button('Put into the draft').click()
    await step(me, 'cafe').waitFor()
    await until('the draft', async () => (await value()) === '5' && (await me.api(`/workflows/${id}/document`)).nodes.cafe.component.name === 'python')
    // It is chosen; where there is no environment, that is said at it.
    await me.see('The environment “default” is not there on this server')
    await me.page.keyboard.press('Control+z')
    await step(me, 'cafe').waitFor({ state: 'detached' })
    await until('the draft as it was', async () => (await value()) === '0')
    await me.done()
  })

  test('a workflow goes out as a file and comes in as another, and one of a newer release is refused', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'Taken away')
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    await me.page.locator('header').getByRole('button', { name: 'More', exact: true }).first().click()
    const [file] = await Promise.all([me.page.waitForEvent('download'), me.page.getByRole('menuitem', { name: 'Download as a file' }).click()])
    assert.equal(file.suggestedFilename(), 'Taken away.json')
    const document = JSON.parse(readFileSync(await file.path(), 'utf8'))
    assert.deepEqual(Object.keys(document.nodes).sort(), ['by', 'data', 'keep'])

    await me.open(me.project('/workflows'))
    await me.button('New workflow').click()
    await give(me, 'Newer.json', { ...document, format: 9 })
    await me.button('Create').click()
    await me.see('saved by a newer release')
    await me.button('Without the file').click()
    await me.page.getByLabel('Name').fill('Brought in')
    await give(me, 'Taken away.json', document)
    await me.button('Create').click()
    await me.page.getByRole('heading', { name: 'Brought in' }).waitFor()
    await step(me, 'by').waitFor()
    assert.notEqual(me.page.url().split('/').at(-1), id)

    // From a notebook, with what there is to know of its cells.
    await me.open(me.project('/workflows'))
    await me.button('New workflow').click()
    await give(me, 'From a notebook.ipynb', await changed(me, id))
    await until('the name of the file', async () => (await me.page.getByLabel('Name').inputValue()) === 'From a notebook')
    await me.button('Create').click()
    await me.see('This cell is a Python component now.')
    await me.page.getByRole('button', { name: 'OK', exact: true }).last().click()
    await step(me, 'cafe').waitFor()
    await me.done()
  })
}
