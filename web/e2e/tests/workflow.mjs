import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { edge, imported, made, node, post, sample, shared, states, step } from '../flows.mjs'
import { EMAIL, PASSWORD, until } from '../server.mjs'
import { person, world } from '../world.mjs'

export function tests() {
  test('a workflow is opened, run from its page, and its rows are looked at', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'Sales of stores')
    await me.open(me.project('/workflows'))
    await me.see('Sales of stores')
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    assert.equal((await states(me, id)).nodes.by.state, 'waiting')
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    await until('the run', async () => (await states(me, id)).nodes.by.state === 'succeeded')
    const { nodes } = await states(me, id)
    assert.ok(nodes.by.rows.table > 10, JSON.stringify(nodes.by))
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.button('Look at the result').click()
    await me.page.getByRole('grid').first().waitFor()
    await me.see('store_id')
    // It is taken away as a notebook: a cell for each step.
    await me.page.locator('header').getByRole('button', { name: 'More', exact: true }).first().click()
    const [file] = await Promise.all([me.page.waitForEvent('download'), me.page.getByRole('menuitem', { name: 'Download as a notebook' }).click()])
    assert.equal(file.suggestedFilename(), 'Sales of stores.ipynb')
    const notebook = JSON.parse(readFileSync(await file.path(), 'utf8'))
    assert.equal(`${notebook.nbformat}.${notebook.nbformat_minor}`, '4.5')
    assert.ok(notebook.cells.some((cell) => cell.metadata.tandem?.node === 'by'), JSON.stringify(notebook.cells.map((cell) => cell.metadata)))
    await me.done()
  })

  test('a port shows what its columns hold and a picture of its rows, before anything ran', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, `Looked at before a run ${Date.now()}`)
    // Other rows than those of other tests, whose results would be known.
    await post(me, `/workflows/${id}/edits`, { client: 'test', base: 0, edits: [{ op: 'set_param', id: 'keep', param: 'conditions', value: [{ column: 'sales_value', operator: 'more', value: String(Date.now() / 1e13) }] }] })
    await me.open(me.project(`/workflows/${id}?node=keep&panel=columns`))
    const results = me.page.getByRole('region', { name: 'Results' })
    await results.getByRole('button', { name: /sales_value/ }).waitFor()
    await results.getByRole('tab', { name: 'Chart', exact: true }).click()
    await results.getByText('A sample: the first 1,000 rows.').waitFor()
    await results.getByRole('img', { name: /Mean of .* by transaction_timestamp/ }).waitFor()
    // What is drawn can be changed, and stands in the address.
    await me.open(`${me.page.url()}&of=keep.table&chart=bar&x=week&y=%23`)
    await results.getByRole('heading', { name: 'Number of rows by week' }).waitFor()
    await results.getByRole('combobox', { name: 'Chart' }).click()
    await me.page.locator('.ant-select-item-option').filter({ hasText: 'Distribution' }).click()
    await me.page.waitForURL(/chart=histogram/)
    assert.match(me.page.url(), /of=keep\.table/)
    // At another port it is the first picture again; a summed up table is drawn whole.
    await me.open(me.page.url().replace('node=keep', 'node=by'))
    await results.getByText(/^All \d+ rows\./).waitFor()
    assert.equal((await states(me, id)).nodes.by.state, 'waiting')
    await me.done()
  })

  test('two people see what the other does, and nothing is lost', async () => {
    const one = await person({ width: 1440 })
    const two = await person({ width: 1440 })
    const id = await made(one, 'Drawn by two')
    for (const me of [one, two]) {
      await me.open(me.project(`/workflows/${id}`))
      await step(me, 'by').waitFor()
    }
    // One removes a step on the page; for the other it goes.
    await step(one, 'by').click({ position: { x: 60, y: 14 } })
    await one.page.keyboard.press('Delete')
    await step(two, 'by').waitFor({ state: 'detached' })
    // The other takes it out of the keep as well, the first undoes: both hold.
    await post(two, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_label', id: 'keep', label: 'Sold, not returned' }] })
    await step(one, 'keep').getByText('Sold, not returned').waitFor()
    await one.page.keyboard.press('Control+z')
    await step(two, 'by').waitFor()
    await until('both edits', async () => {
      const { workflow } = await one.api(`/workflows/${id}`)
      return workflow.nodes.by && workflow.nodes.keep.label === 'Sold, not returned' && workflow.edges.e2
    })
    await one.done()
    await two.done()
  })

  test('without an answer nothing is sent twice, and what waits says so and can be given up', async () => {
    const me = await person({ width: 1440, expected: /ERR_FAILED|ERR_INTERNET_DISCONNECTED|Failed to load resource/ })
    const id = await made(me, 'Sent once')
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    const revision = async () => (await me.api(`/workflows/${id}`)).revision
    const before = await revision()
    // It arrives, and the answer is lost.
    let sent = 0
    await me.page.route('**/edits', async (route) => {
      sent += 1
      if (sent === 1) await route.fetch()
      await route.abort('failed')
    })
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.page.keyboard.press('Delete')
    await until('it arrived', async () => (await revision()) === before + 1)
    await me.see('Saved', { exact: true })
    assert.equal(sent, 1)
    // It does not arrive: a run waits for it, until that is given up.
    await me.page.keyboard.press('Control+z')
    await me.see('Offline: 2 changes wait here')
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    await me.see('Waiting for the connection')
    await me.button('Give up').click()
    await me.page.getByText('Waiting for the connection').waitFor({ state: 'detached' })
    // Closed like this, the window leaves it to the next one.
    await me.page.unroute('**/edits')
    await me.page.reload()
    await step(me, 'by').waitFor()
    await until('it was sent by the next window', async () => (await me.api(`/workflows/${id}`)).workflow.nodes.by)
    assert.equal(await revision(), before + 2)
    await me.see('Saved', { exact: true })
    assert.deepEqual(await me.page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('tandem.edits.'))), [])
    const { items } = await me.api(`/projects/${world.demo.project}/runs?kind=workflow`)
    assert.ok(!items.some((run) => run.name === 'Sent once'), 'what was given up was not begun')
    await me.done()
  })

  test('what a window left is sent by the next one of the same person, and by nobody else', async () => {
    const me = await person({ width: 1440, fresh: true, expected: /ERR_FAILED|Failed to load resource/ })
    const id = await made(me, 'Left behind')
    const vic = { email: `vic.${Date.now().toString(36)}@example.com`, password: 'a long enough one' }
    const { user } = await post(me, '/org/members', { ...vic, name: 'Vic', role: 'member' })
    const { csrf_token } = await me.api('/session')
    await me.page.request.put(`/api/v1/projects/${world.demo.project}/members/${user.id ?? user}`, { data: { role: 'analyst' }, headers: { 'x-csrf-token': csrf_token } })
    const open = async (page) => {
      await page.goto(me.project(`/workflows/${id}`))
      await page.locator('.react-flow__node[data-id="keep"]').waitFor()
    }
    const remove = async (page, node) => {
      await page.locator(`.react-flow__node[data-id="${node}"]`).click({ position: { x: 60, y: 14 } })
      await page.keyboard.press('Delete')
      await page.getByText(/^Offline:/).first().waitFor()
    }
    const away = (page) => page.route('**/edits', (route) => route.abort('failed'))
    const signInAs = async (page, { email, password }) => {
      await page.getByRole('button', { name: 'You', exact: true }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.fill('input[autocomplete=username]', email)
      await page.fill('input[autocomplete=current-password]', password)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'), { waitUntil: 'commit' })
    }
    // Two windows: the second leaves alone what the first still holds, and takes it over once that is closed.
    await open(me.page)
    await away(me.page)
    await remove(me.page, 'by')
    const second = await me.page.context().newPage()
    await open(second)
    await second.locator('.react-flow__node[data-id="by"]').waitFor()
    await me.page.close()
    await until('the second window sent it', async () => !(await (await second.request.get(`/api/v1/workflows/${id}`)).json()).workflow.nodes.by)
    // Somebody else at the same browser sends nothing of it.
    await away(second)
    await remove(second, 'keep')
    await signInAs(second, vic)
    await second.unroute('**/edits')
    await open(second)
    await second.locator('.react-flow__node[data-id="data"]').click({ position: { x: 60, y: 14 } })
    await second.keyboard.press('Shift+ArrowDown')
    const now = async () => (await second.request.get(`/api/v1/workflows/${id}`)).json()
    await until('what Vic did himself', async () => (await now()).revision === 2)
    assert.ok((await now()).workflow.nodes.keep)
    // Who left it finds it again.
    await signInAs(second, { email: EMAIL, password: PASSWORD })
    await second.goto(me.project(`/workflows/${id}`))
    await until('it was sent by who made it', async () => !(await now()).workflow.nodes.keep)
    assert.deepEqual(await second.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('tandem.edits.'))), [])
    await me.done()
  })

  test('edits that are refused are told where they are waited for, looked at, and thrown away', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const id = await made(me, '未被接受')
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    await me.page.route('**/edits', (route) => route.fulfill({ status: 403, contentType: 'application/json', body: JSON.stringify({ code: 'forbidden', message: 'You may not edit this.' }) }))
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.page.keyboard.press('Delete')
    await me.see('处改动未保存')
    await me.button('保存版本').click()
    await me.page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
    await me.see('改动尚未保存')
    await me.page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
    await me.page.getByRole('button', { name: /处改动未保存/ }).click()
    const kept = me.page.getByRole('region', { name: '服务器上还没有的改动' })
    await kept.getByRole('img', { name: '删除' }).waitFor()
    await kept.getByText('1 条连接有改动').waitFor()
    await me.page.getByRole('button', { name: '放弃改动' }).click()
    await me.page.getByRole('button', { name: '放弃改动' }).last().click()
    await step(me, 'by').waitFor()
    await me.see('已保存', { exact: true })
    assert.equal((await me.api(`/workflows/${id}`)).revision, 0)
    await me.done()
  })

  test('what is wrong is said at the step', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const id = await made(me, '出错的流程')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_param', id: 'by', param: 'by', value: ['no_such_column'] }] })
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').click({ position: { x: 60, y: 14 } })
    await me.see('输入中没有“no_such_column”列')
    await me.done()
  })

  test('a setting becomes a parameter, a port is shown to outside, and a run takes another value', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'Set from outside')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [
      { op: 'add_node', id: 'some', node: node('sample', { rows: 20 }, 720) },
      { op: 'connect', id: 'e3', edge: edge('by', 'some') },
    ] })
    await me.open(me.project(`/workflows/${id}?node=some`))
    await me.page.getByRole('button', { name: 'Set “Rows” for the whole workflow' }).click()
    await me.page.getByRole('menuitem', { name: 'Make it a parameter of the workflow' }).click()
    await me.see('Takes its value from the workflow’s parameter')
    await me.page.getByRole('button', { name: /^Show it to outside/ }).first().click()
    await until('both', async () => {
      const { workflow } = await me.api(`/workflows/${id}`)
      return workflow.params?.rows?.default === 20 && workflow.nodes.some.params.rows.$param === 'rows' && workflow.outputs && Object.values(workflow.outputs)[0].from.node === 'some'
    })
    await me.page.keyboard.press('Escape')
    await me.page.locator('.react-flow__pane').click({ position: { x: 500, y: 500 } })
    await me.page.keyboard.press('Control+Alt+Enter')
    await me.page.getByRole('dialog').getByRole('spinbutton').first().fill('7')
    await me.page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    const { items } = await until('the run', async () => {
      const runs = await me.api(`/projects/${world.demo.project}/runs?kind=workflow`)
      return runs.items.some((run) => run.name === 'Set from outside' && run.state === 'succeeded') && runs
    })
    const run = items.find((one) => one.name === 'Set from outside')
    assert.deepEqual(run.params, { rows: 7 })
    await me.open(me.project(`/runs/${run.id}`))
    await me.page.getByRole('heading', { name: 'Run of Set from outside' }).waitFor()
    await me.page.getByRole('button', { name: /Sample/ }).first().click()
    await me.page.getByRole('complementary').getByText('7 rows').waitFor()
    await me.done()
  })

  test('a folded frame shows its ports, and by keyboard steps are chosen, moved, connected, folded and looked into', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'By keyboard')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [
      { op: 'add_frame', id: 'f', frame: { title: 'Keep' } },
      { op: 'set_frame', id: 'keep', frame: 'f' },
      { op: 'disconnect', id: 'e2' },
    ] })
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    const keys = me.page.keyboard
    const document = async () => (await me.api(`/workflows/${id}`)).workflow
    await keys.press('[')
    await me.page.waitForURL(/node=keep/, { waitUntil: 'commit' })
    await keys.press('f')
    await step(me, 'keep').waitFor({ state: 'detached' })
    await me.page.locator('.react-flow__node[data-id="f"] .react-flow__handle[data-handleid="keep.table"]').first().waitFor()
    assert.equal(await me.page.locator('.react-flow__node[data-id="f"] .react-flow__handle').count(), 2)
    await keys.press('f')
    await step(me, 'keep').waitFor()
    await keys.press('Escape')
    await keys.press('[')
    await me.page.waitForURL(/node=keep/, { waitUntil: 'commit' })
    const before = (await document()).nodes.keep.position
    await keys.press('Shift+ArrowDown')
    await until('it was moved', async () => (await document()).nodes.keep.position.y === before.y + 50)
    await keys.press('c')
    await keys.press('Enter')
    await until('it was connected', async () => Object.values((await document()).edges).some((e) => e.from.node === 'keep' && e.to.node === 'by'))
    await keys.press('Shift+Enter')
    await until('the run', async () => (await states(me, id)).nodes.keep.state === 'succeeded')
    await keys.press('o')
    await me.page.getByRole('grid').first().waitFor()
    await keys.press('Delete')
    await until('it was removed', async () => !(await document()).nodes.keep)
    await keys.press('?')
    await me.page.getByRole('dialog').getByText('Connect to…').waitFor()
    await me.done()
  })

  test('steps keep their rows after a run, a folded group shows what is wrong in it and opens there, and what is out of date says so', async () => {
    const me = await person({ width: 1440 })
    const id = await made(me, 'Told after the run')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [
      // What no other test has computed.
      { op: 'set_param', id: 'keep', param: 'conditions', value: [{ column: 'sales_value', operator: 'more', value: '0.017' }] },
      { op: 'add_node', id: 'cut', node: node('split', { method: 'random' }, 720) },
      { op: 'connect', id: 'e3', edge: edge('by', 'cut') },
      { op: 'add_node', id: 'seen', node: { ...node('profile', {}, 720), position: { x: 720, y: 160 } } },
      { op: 'connect', id: 'e7', edge: edge('by', 'seen') },
      { op: 'add_node', id: 'rest', node: { ...node('sample', { rows: 5 }, 960), position: { x: 960, y: 160 } } },
      { op: 'connect', id: 'e6', edge: { from: { node: 'cut', port: 'test' }, to: { node: 'rest', port: 'table' } } },
      { op: 'add_node', id: 'bad', node: node('sort', { by: [{ column: 'no_such_column' }] }, 960) },
      { op: 'connect', id: 'e4', edge: { from: { node: 'cut', port: 'train' }, to: { node: 'bad', port: 'table' } } },
      { op: 'add_node', id: 'behind', node: node('profile', {}, 1200) },
      { op: 'connect', id: 'e5', edge: edge('bad', 'behind') },
      { op: 'add_frame', id: 'f', frame: { title: 'Look', folded: true } },
      ...['bad', 'behind'].map((one) => ({ op: 'set_frame', id: one, frame: 'f' })),
    ] })
    await me.open(me.project(`/workflows/${id}`))
    await step(me, 'by').waitFor()
    await me.page.getByRole('button', { name: 'Run', exact: true }).click()
    const run = await until('the run', async () => (await me.api(`/projects/${world.demo.project}/runs?kind=workflow`)).items.find((one) => one.name === 'Told after the run' && one.state === 'failed'))
    const { nodes } = await me.api(`/runs/${run.id}/nodes`)
    const says = (n) => n.toLocaleString('en')
    const { train, test } = nodes.cut.rows
    assert.ok(train > test && test > 0, JSON.stringify(nodes.cut))
    // The folded group: the worst of what is inside, with what is wrong.
    const group = step(me, 'f')
    await group.getByText('1 step failed').waitFor()
    await group.getByRole('img', { name: 'Failed' }).waitFor()
    await group.getByRole('img', { name: /problem/ }).waitFor()
    for (const again of [false, true]) {
      // Also for who opens it later.
      if (again) await me.page.reload()
      await step(me, 'cut').getByText(`${says(train)} + ${says(test)} rows`).waitFor()
      await step(me, 'data').getByText('transactions').waitFor()
      await step(me, 'keep').getByText('sales_value more than 0.017').waitFor()
      // It was computed by this very run, and how long that took stays to be seen.
      await step(me, 'by').getByRole('img', { name: 'Done' }).waitFor()
      await step(me, 'by').getByText(new RegExp(`^${says(nodes.by.rows.table)} rows · .*\\d`)).waitFor()
    }
    await group.getByRole('button', { name: 'Unfold: Look' }).click()
    await me.page.waitForURL(/node=bad/, { waitUntil: 'commit' })
    await step(me, 'behind').getByText('a step before failed').waitFor()
    // What is out of date has no rows any more, and its result says why there is none.
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_param', id: 'by', param: 'by', value: ['basket_id'] }] })
    await step(me, 'by').getByText('Out of date', { exact: true }).first().waitFor()
    await me.open(me.project(`/workflows/${id}?node=seen&panel=rows`))
    await me.see('What was computed is out of date.')
    await me.done()
  })

  test('what differs from a saved version is said in words, restored one by one, and taken back', async () => {
    const me = await person({ width: 1440 })
    const declared = (share) => ({ type: 'number', default: share, 'x-label': { en: 'Share to keep', 'zh-CN': '保留比例' } })
    const id = await made(me, 'Restored in parts')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'declare_param', name: 'share', schema: declared(0.5) }] })
    await post(me, `/workflows/${id}/versions`, { message: 'half' })
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 1, edits: [
      { op: 'declare_param', name: 'share', schema: declared(0.7) },
      { op: 'remove_node', id: 'keep' },
    ] })
    const document = async () => (await me.api(`/workflows/${id}`)).workflow
    await me.open(me.project(`/workflows/${id}/compare`))
    const list = me.page.getByRole('complementary', { name: 'Compare versions' })
    await list.getByText('0.5', { exact: true }).waitFor()
    await list.getByText('0.7', { exact: true }).waitFor()
    await list.getByRole('button', { name: 'Restore this parameter: Share to keep' }).click()
    await list.getByText('“Share to keep” is again in the draft what it was in v2.').waitFor()
    assert.equal((await document()).params.share.default, 0.5)
    await list.getByRole('button', { name: 'Restore this step: Filter rows' }).click()
    await list.getByText('“Filter rows” is back in the draft, as it was in v2.').waitFor()
    await list.getByText('Nothing differs between them.').waitFor()
    assert.deepEqual(Object.keys((await document()).edges), ['e1', 'e2'])
    await list.getByRole('button', { name: 'Undo' }).click()
    await list.getByRole('button', { name: 'Restore this step: Filter rows' }).waitFor()
    await list.getByRole('button', { name: 'Undo' }).click()
    await list.getByText('0.7', { exact: true }).waitFor()
    const then = await document()
    assert.equal(then.params.share.default, 0.7)
    assert.equal(then.nodes.keep, undefined)
    // Between two saved versions there is nothing to be changed.
    await me.open(me.project(`/workflows/${id}/compare?from=1&to=2`))
    await list.getByText('Share to keep').waitFor()
    assert.equal(await list.getByRole('button', { name: /^Re(store|move)/ }).count(), 0)
    await me.done()
  })

  test('what failed is gone on with, and two runs are laid beside each other', async () => {
    const me = await person({ width: 1440, lang: 'zh-CN' })
    const id = await made(me, '对照运行')
    const ended = async (run) => until('the run', async () => { const view = await me.api(`/runs/${run.id}`); return ['succeeded', 'failed'].includes(view.state) && view })
    const good = await ended(await post(me, `/workflows/${id}/runs`, {}))
    assert.equal(good.state, 'succeeded')
    await post(me, `/workflows/${id}/edits`, { client: 'elsewhere', base: 0, edits: [{ op: 'set_param', id: 'by', param: 'by', value: ['no_such_column'] }] })
    const bad = await ended(await post(me, `/workflows/${id}/runs`, {}))
    assert.equal(bad.state, 'failed')
    await me.open(me.project(`/runs/${bad.id}?node=by`))
    await me.page.getByRole('complementary').getByRole('alert').waitFor()
    await me.page.getByRole('button', { name: '从失败处继续' }).click()
    await me.page.waitForURL((url) => /runs\//.test(url.pathname) && !url.pathname.endsWith(bad.id))
    await me.open(me.project(`/runs/${good.id}?tab=compare&with=${bad.id}`))
    await me.see('工作流版本不同：本次 v1，对照 v2。')
    // What came out then, whatever became of the draft.
    await me.open(me.project(`/runs/${good.id}?node=by`))
    await me.page.getByRole('button', { name: '查看输出结果' }).click()
    await me.page.getByRole('grid').first().waitFor()
    await me.open(me.project(`/runs/${bad.id}?node=by&tab=result`))
    await me.see('这一步在这次运行中失败。')
    await me.done()
  })

  for (const [name, input, file, least, most] of [
    ['telco-churn', 'customers', 'telco_churn_ibm/Telco-Customer-Churn.csv', 0.83, 0.86],
    ['german-credit', 'applicants', 'german_credit/german_credit.csv', 0.73, 0.78],
  ]) {
    const there = existsSync(new URL(file, shared))
    test(`${name}: from the raw file to a model that is judged and explained`, { skip: !there && `there is no ${file} (set TANDEM_SHARED_DATA)` }, async () => {
      const me = await person({ width: 1440 })
      const dataset = await imported(me, input, readFileSync(new URL(file, shared)))
      const workflow = sample(name, input, dataset)
      const { asset } = await post(me, `/projects/${world.demo.project}/workflows`, { name, workflow })
      await me.open(me.project(`/workflows/${asset.id}`))
      await step(me, 'judge').waitFor()
      await me.page.getByRole('button', { name: 'Run', exact: true }).click()
      await until('the run', async () => {
        const { nodes } = await states(me, asset.id)
        assert.ok(!Object.values(nodes).some((one) => one.state === 'failed'), JSON.stringify(nodes))
        return nodes.explain.state === 'succeeded' && nodes.judge.state === 'succeeded'
      })
      const { rows } = await post(me, `/workflows/${asset.id}/preview`, { node: 'judge', port: 'metrics' })
      const auc = rows.find(([measure]) => measure === 'auc')[1]
      assert.ok(auc > least && auc < most, `the area under the curve is ${auc}`)
      await step(me, 'judge').click({ position: { x: 60, y: 14 } })
      await me.button('Look at the result').click()
      await me.page.getByRole('grid').first().waitFor()
      await me.done()
    })
  }
}
