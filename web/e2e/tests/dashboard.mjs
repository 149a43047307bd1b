import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { imported, post } from '../flows.mjs'
import { until } from '../server.mjs'
import { person, world } from '../world.mjs'

const ORDERS = 'province,city,channel,amount,day\n浙江,杭州,web,120,2024-01-03\n浙江,宁波,shop,80,2024-01-20\n江苏,苏州,web,300,2024-02-03\n江苏,南京,shop,10,2024-02-11\n浙江,杭州,shop,100,2024-03-01\n'
const SHOPS = '省份,city_name,channel,sales,day\n广东,广州,web,7,2024-05-01\n广东,深圳,shop,9,2024-05-02\n'

/** Names that are free also on a server that was tested before. */
const stamp = Date.now().toString(36)
const own = (name) => `${name} ${stamp}`

const field = (me, name) => me.page.getByRole('region', { name: /^(Fields|字段)$/ }).getByRole('button', { name })
const well = (me, name) => me.page.getByRole('group', { name, exact: true })
const block = (me, id) => me.page.locator(`[data-block="${id}"]`)
const figure = (dataset, params, more = {}) => ({
  format: 1,
  sources: { data: { dataset } },
  filters: [{ id: 'f1', label: { en: 'Channel', 'zh-CN': '渠道' }, column: 'channel', sources: ['data'], control: 'choice' }],
  pages: [{ id: 'p1', title: { en: 'Overview', 'zh-CN': '概览' }, blocks: [{ id: 'b1', span: 'full', shows: { figure: { source: 'data', component: 'bar-chart', params, ...more } } }] }],
})
const make = async (me, name, dashboard) => (await post(me, `/projects/${world.demo.project}/dashboards`, { name, dashboard })).asset.id
const document = async (me, id) => (await me.api(`/dashboards/${id}`)).dashboard

export function tests() {
  test('a pivot goes on measuring what was put into its values, whatever divides it, and says what that is', async () => {
    const me = await person({ width: 1440 })
    const dataset = await imported(me, own('orders of a pivot'), Buffer.from(ORDERS))
    const dashboard = figure(dataset, { by: ['province'] })
    dashboard.pages[0].blocks[0].shows.figure.component = 'pivot'
    const id = await make(me, own('Orders, pivoted'), dashboard)
    await me.open(me.project(`/dashboards/${id}/edit`))
    await block(me, 'b1').click()
    await field(me, /amount/).dragTo(well(me, 'Values: Of'))
    await well(me, 'Values: Of').getByText('sum').waitFor()
    await field(me, /channel/).dragTo(well(me, 'Columns: Columns: one for each value of'))
    await block(me, 'b1').getByRole('heading', { name: 'Sum of amount by province, channel' }).waitFor()
    await well(me, 'Values: Of').getByRole('button', { name: 'How amount is measured' }).getByText('sum', { exact: true }).waitFor()
    assert.ok((await block(me, 'b1').getByRole('table').innerText()).replaceAll('\t', ' ').includes('180'), 'amounts are added up')
    await me.page.getByRole('button', { name: 'Save', exact: true }).click()
    await me.see('All saved, version 2')
    assert.deepEqual((await document(me, id)).pages[0].blocks[0].shows.figure.params, { by: ['province'], value: 'amount', column: 'channel' })
    await me.done()
  })

  test('a dashboard is made of a dataset by dragging and by keyboard, saved, narrowed and taken away', async () => {
    const me = await person({ width: 1440 })
    await imported(me, own('orders of the builder'), Buffer.from(ORDERS))
    await me.open(me.project('/dashboards'))
    await me.button('New dashboard').click()
    const dialog = me.page.getByRole('dialog')
    await dialog.getByRole('combobox').fill(own('orders of the builder'))
    await me.page.getByTitle(own('orders of the builder')).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill(own('Orders, drawn'))
    await dialog.getByRole('button', { name: 'Create and design' }).click()
    await me.page.waitForURL(/dashboards\/[^/]+\/edit/, { waitUntil: 'commit' })
    const id = new URL(me.page.url()).pathname.split('/')[4]

    // A category onto the page makes bars; a number goes into the values.
    await field(me, /province/).dragTo(me.page.getByText('Drag a field onto the page'))
    await well(me, 'Rows: Category').getByText('province').waitFor()
    await field(me, /amount/).dragTo(well(me, 'Values: Of'))
    await well(me, 'Values: Of').getByText('sum').waitFor()
    await block(me, 'b1').locator('svg').getByText('江苏').waitFor()
    // The same without a mouse.
    await field(me, /channel/).focus()
    await me.page.keyboard.press('Enter')
    await me.page.getByRole('menuitem', { name: 'Colour · Series' }).click()
    await well(me, 'Colour: Series').getByText('channel').waitFor()
    await me.page.getByRole('button', { name: 'Undo' }).click()
    await well(me, 'Colour: Series').getByText('channel').waitFor({ state: 'detached' })
    await me.page.getByRole('button', { name: 'Redo' }).click()
    await well(me, 'Colour: Series').getByText('channel').waitFor()
    await field(me, /city/).dragTo(well(me, 'Drill-down: Category'))
    await well(me, 'Drill-down: Category').getByText('city').waitFor()
    await field(me, /channel/).dragTo(me.page.getByRole('button', { name: 'Add a shared filter' }))
    await me.page.getByRole('group', { name: 'Filters', exact: true }).getByText('channel').waitFor()

    // What is not saved is not left behind unasked.
    await me.page.getByRole('button', { name: 'Read', exact: true }).click()
    await me.see('Leave without saving?')
    await me.page.getByRole('button', { name: 'Stay' }).click()
    await me.page.getByRole('button', { name: 'Save', exact: true }).click()
    await me.see('All saved, version 2')
    const [{ shows }] = (await document(me, id)).pages[0].blocks
    assert.deepEqual(shows.figure.params, { category: 'province', column: 'amount', function: 'sum', series: 'channel' })
    assert.deepEqual(shows.figure.drill, { param: 'category', levels: ['province', 'city'] })

    await me.page.getByRole('button', { name: 'Read', exact: true }).click()
    await me.page.waitForURL((url) => url.pathname.endsWith(id))
    await me.page.reload()
    await me.page.locator('main svg').getByText('江苏').waitFor()
    await me.see(own('orders of the builder'))
    const filters = me.page.getByRole('group', { name: 'Filters' })
    await filters.getByRole('combobox').click()
    await me.page.getByTitle('web', { exact: true }).click()
    await me.page.waitForURL(/f=/)
    await me.page.locator('main svg').getByText('shop').waitFor({ state: 'detached' })

    const [file] = await Promise.all([
      me.page.waitForEvent('download'),
      me.button('Export').click().then(() => me.page.getByRole('menuitem', { name: 'Web page (HTML)' }).first().click()),
    ])
    const page = await readFile(await file.path(), 'utf8')
    assert.equal(file.suggestedFilename(), `${own('Orders, drawn')}.html`)
    assert.ok(page.includes('江苏') && !page.includes('shop'), 'the file is narrowed as the page is')
    await me.done()
  })

  test('a filter finds a value by a part of it, among those that the other filters leave', async () => {
    const me = await person({ width: 1440 })
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 2 ? '浙江' : '江苏'},Shop ${String(i).padStart(2, '0')},${i}`)
    const dataset = await imported(me, own('orders to find shops in'), Buffer.from(`province,shop,amount\n${rows.join('\n')}\n`))
    const filter = (id, column, name) => ({ id, label: { en: name, 'zh-CN': name }, column, sources: ['data'], control: 'choice' })
    const filters = [filter('f1', 'province', 'Province'), filter('f2', 'shop', 'Shop')]
    const id = await make(me, own('Shops to find'), { ...figure(dataset, { category: 'province', function: 'sum', column: 'amount' }), filters })
    await me.open(me.project(`/dashboards/${id}`))
    const shop = me.page.getByRole('combobox', { name: 'Shop' })
    await shop.click()
    await me.see('The 50 commonest. Type a part to find others.')
    await shop.fill('SHOP 51')
    await me.page.getByTitle('Shop 51', { exact: true }).click()
    await me.page.waitForURL(/f=.*Shop/)
    await shop.press('Escape')
    await me.page.getByRole('combobox', { name: 'Province' }).click()
    await me.page.getByTitle('浙江', { exact: true }).waitFor()
    await until('the other province is gone', async () => (await me.page.getByTitle('江苏', { exact: true }).count()) === 0)
    await me.done()
  })

  test('a reader looks closer at a mark and comes back by the crumbs', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const dataset = await imported(me, own('orders to look into'), Buffer.from(ORDERS))
    const id = await make(me, own('下钻'), figure(dataset, { category: 'province', function: 'sum', column: 'amount' }, { drill: { param: 'category', levels: ['province', 'city'] } }))
    await me.open(me.project(`/dashboards/${id}`))
    await me.page.locator('main svg').getByText('江苏').waitFor()
    // By the mark itself: the first bar is the greatest.
    const bar = me.page.locator('main svg path[fill="#0F766E"], main svg path[fill="#0f766e"]').last()
    // Under the pointer the chart lays a shadow over it, which the page takes for something in the way.
    await bar.click({ force: true })
    await me.page.locator('main svg').getByText(/杭州|苏州/).waitFor()
    await me.page.getByRole('navigation', { name: '下钻路径' }).getByRole('button', { name: '全部' }).click()
    await me.page.locator('main svg').getByText('江苏').waitFor()
    // Or by a menu.
    await me.button('下钻').click()
    await me.page.getByRole('menuitem', { name: '浙江' }).click()
    await me.page.locator('main svg').getByText('宁波').waitFor()
    assert.ok(new URL(me.page.url()).searchParams.get('d').includes('浙江'), 'the address says where one is')
    await me.done()
  })

  test('two who save do not overwrite each other', async () => {
    const me = await person({ width: 1440 })
    const dataset = await imported(me, own('orders of two'), Buffer.from(ORDERS))
    const id = await make(me, own('Made by two'), figure(dataset, { category: 'province' }))
    await me.open(me.project(`/dashboards/${id}/edit`))
    await block(me, 'b1').locator('svg').getByText('江苏').waitFor()
    await post(me, `/dashboards/${id}/versions`, { base: 1, dashboard: figure(dataset, { category: 'city' }), message: 'theirs' })
    await me.page.getByRole('button', { name: 'Full width: Bar chart' }).or(me.page.getByRole('button', { name: 'Half width: Bar chart' })).click()
    await me.page.getByRole('button', { name: 'Save', exact: true }).click()
    await me.see('Somebody else saved version 2')
    await me.page.getByRole('button', { name: 'Save mine as the next version' }).click()
    await me.see('All saved, version 3')
    const [first, theirs, mine] = await Promise.all([1, 2, 3].map((seq) => me.api(`/dashboards/${id}?seq=${seq}`)))
    const categories = [first, theirs, mine].map((one) => one.dashboard.pages[0].blocks[0].shows.figure.params.category)
    assert.deepEqual(categories, ['province', 'city', 'province'])
    assert.equal(mine.dashboard.pages[0].blocks[0].span, 'half')
    await me.done()
  })

  test('the same pages are made over other data, with its columns found by their names', async () => {
    const me = await person({ width: 1440 })
    const dataset = await imported(me, own('orders as a template'), Buffer.from(ORDERS))
    await imported(me, own('shops in the south'), Buffer.from(SHOPS))
    const id = await make(me, own('To be used again'), figure(dataset, { category: 'city' }))
    await me.open(me.project(`/dashboards/${id}`))
    await me.button('More actions').click()
    await me.page.getByRole('menuitem', { name: 'Use with other data' }).click()
    const dialog = me.page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Dataset' }).fill(own('shops in the south'))
    await me.page.getByTitle(own('shops in the south')).click()
    const columns = dialog.getByRole('group', { name: 'Columns' })
    await columns.getByText('city_name').waitFor()
    await dialog.getByRole('textbox').first().fill(own('In the south'))
    await dialog.getByRole('button', { name: 'Make dashboard' }).click()
    await me.page.locator('main svg').getByText('深圳').waitFor()
    const made = await until('the dashboard', async () => (await me.api(`/projects/${world.demo.project}/assets?kind=dashboard&limit=100`)).items.find((one) => one.name === own('In the south')))
    assert.deepEqual((await document(me, made.id)).sources.data.columns, { channel: 'channel', city: 'city_name' })
    await me.done()
  })

  test('a dashboard says what it is read from, who may see it, and what is said of it', async () => {
    const me = await person({ width: 1440 })
    const dataset = await imported(me, own('orders behind it'), Buffer.from(ORDERS))
    const id = await make(me, own('Talked about'), figure(dataset, { category: 'province' }))
    await me.open(me.project(`/dashboards/${id}`))
    await me.page.locator('main svg').getByText('江苏').waitFor()
    await me.page.getByRole('tab', { name: 'Lineage' }).click()
    // The import, the dataset that it made, and the dashboard itself.
    await me.page.getByRole('link', { name: new RegExp(`^${own('orders behind it')} Import`) }).waitFor()
    await me.page.getByRole('link', { name: new RegExp(`^${own('orders behind it')} v1 Dataset`) }).waitFor()
    await me.page.getByRole('link', { name: new RegExp(`^${own('Talked about')} v1 Dashboard`) }).waitFor()
    await me.page.getByRole('tab', { name: 'Discussion' }).click()
    await me.page.getByRole('textbox').fill('Why is Jiangsu ahead?')
    await me.page.getByRole('button', { name: 'Send' }).click()
    await me.page.getByRole('tab', { name: 'Access' }).click()
    await me.see('No grants beyond the project roles.')
    await me.page.reload()
    await me.see('No grants beyond the project roles.')
    assert.equal((await me.api(`/assets/${id}/threads`)).items[0].comments[0].body, 'Why is Jiangsu ahead?')
    await me.done()
  })

  test('what is wrong with one figure is said in its place, and a phone reads', async () => {
    const me = await person({ width: 390, height: 844, lang: 'zh-CN' })
    const dataset = await imported(me, own('orders on a phone'), Buffer.from(ORDERS))
    const dashboard = figure(dataset, { category: 'province' })
    dashboard.pages[0].blocks.push({ id: 'b2', span: 'half', shows: { figure: { source: 'data', component: 'bar-chart', params: { category: 'nowhere' } } } })
    const id = await make(me, own('手机上看'), dashboard)
    await me.open(me.project(`/dashboards/${id}`))
    await me.page.locator('main svg').getByText('江苏').waitFor()
    await me.page.getByRole('alert').getByText('nowhere').waitFor()
    await me.open(me.project(`/dashboards/${id}/edit`))
    await me.see('报告设计需要更宽的窗口。')
    await me.done()
  })
}
