// The stand-in's workflows: documents, edits of several people, runs that move.
import { check, components, model, signatureOf, valueOf } from './flow.mjs'
import { sampleReport } from './report.mjs'

const { applyAll } = await model('edits')
const { topological } = await model('order')

export function workflowMock({ uuid, ago, ana, li, project, tables, runs }) {
  const flows = new Map()
  const listeners = new Map()
  const results = new Map()
  const node = (name, x, y, params, more = {}) => ({ component: { name, version: 1 }, position: { x, y }, ...(params ? { params } : {}), ...more })
  const edge = (text) => {
    const [from, to] = text.split('>').map((end) => end.split('.'))
    return { from: { node: from[0], port: from[1] ?? 'table' }, to: { node: to[0], port: to[1] ?? 'table' } }
  }
  const add = (n, name, description, workflow, extra = {}) => {
    const asset = { id: uuid(n), project_id: project, kind: 'workflow', name, description, latest: { id: uuid(n + 1000), seq: 2, message: 'Weekend baskets left out', label: null, author: ana, created_at: ago(400), run_id: null, rows: null, columns: null, bytes: 4000, rejected: null }, created_at: ago(9000), updated_at: ago(n), created_by: ana, rights: ['discover', 'use', 'download', 'edit', 'manage'], restricted_by: [], ...extra }
    flows.set(asset.id, { asset, workflow, revision: 3, changed: true, versions: [], ran: new Map(), run_id: null })
    return flows.get(asset.id)
  }
  const wire = (list) => Object.fromEntries(list.map((text, i) => [`e${i + 1}`, edge(text)]))
  const T = uuid(40)
  const demo = {
    format: 1,
    nodes: {
      sales: node('dataset', 0, 40, { dataset: T }, { label: 'Transactions 2017' }), products: node('dataset', 0, 210, { dataset: uuid(41) }),
      clean: node('filter', 310, 40, { conditions: [{ column: 'sales_value', operator: 'more', value: '0' }, { column: 'quantity', operator: 'at_least', value: '1' }] }, { frame: 'prep' }),
      dates: node('date-parts', 620, 40, { column: 'transaction_timestamp', parts: ['month'] }, { frame: 'prep' }),
      joined: node('join', 930, 110, { keys: [{ left: 'product_id' }], kind: 'left' }), totals: node('group', 1240, 20, { by: ['household_id'], totals: [{ function: 'rows', name: 'baskets' }, { function: 'sum', column: 'sales_value', name: 'sales' }] }, { label: 'Per household' }),
      parts: node('split', 1550, 20), model: node('gradient-boosting', 1860, 0, { target: 'sales' }), scored: node('predict', 2170, 130), look: node('distribution', 1240, 200, { column: 'sales_value' }), broken: node('sort', 1550, 250, { by: [{ column: 'no_such_column' }] }),
    },
    edges: wire(['sales>clean', 'clean>dates', 'dates>joined.left', 'products>joined.right', 'joined>totals', 'totals>parts', 'parts.train>model.train', 'parts.test>model.test', 'model.model>scored.model', 'parts.test>scored.table', 'joined>look', 'joined.matches>broken']),
    notes: { t1: { text: '**Why households?** Baskets are too noisy to predict; a household buys every week.\n\n- agreed with 李然 in May\n- see the report of April', position: { x: 0, y: 340 }, size: { width: 290, height: 130 } } },
    frames: { prep: { title: 'Prepare baskets' } },
  }
  for (const [name, out] of [['split', 'train'], ['split', 'test']]) if (!signatureOf({ component: { name } }).outputs.some((o) => o.name === out)) console.log('mock: no output', name, out)
  const main = add(300, 'Households to keep', 'Who will spend less next quarter, from their baskets', demo)
  const older = structuredClone(demo)
  older.nodes.clean.params = { conditions: [{ column: 'sales_value', operator: 'more', value: '5' }] }
  delete older.nodes.look
  older.nodes.extra = node('deduplicate', 930, 300)
  older.edges = wire(['sales>clean', 'clean>dates', 'dates>joined.left', 'products>joined.right', 'joined>totals', 'totals>parts', 'parts.train>model.train', 'products>extra'])
  main.versions = [older, structuredClone(demo)]
  add(301, '门店会员复购', '会员三个月内是否再次购买', { format: 1, nodes: { a: node('dataset', 0, 0, { dataset: T }, { label: '会员交易' }), b: node('filter', 310, 0, { conditions: [] }), c: node('group', 620, 0, { by: ['store_id'] }), d: node('top-values', 930, -60), e: node('sort', 930, 70, { by: [{ column: 'rows', direction: 'descending' }] }) }, edges: wire(['a>b', 'b>c', 'c>d', 'c>e']) }, { created_by: li, updated_at: ago(2000) }).versions = [{ format: 1, nodes: {}, edges: {} }]
  add(303, 'Pricing, not shared', '', { format: 1, nodes: {}, edges: {} }, { rights: ['discover'], latest: null })
  const names = ['filter', 'calculate', 'sort', 'tidy-text', 'group', 'deduplicate', 'window', 'sample']
  const many = { format: 1, nodes: {}, edges: {} }
  for (let i = 0; i < 300; i += 1) {
    const [row, at] = [Math.floor(i / 15), i % 15]
    many.nodes[`m${i}`] = at === 0 ? node('dataset', 0, row * 110, { dataset: T }) : node(names[(i * 7) % names.length], at * 310, row * 110)
    if (at > 0) many.edges[`e${i}`] = edge(`m${i - 1}>m${i}`)
  }
  add(302, 'Three hundred nodes', 'To see whether it stays smooth', many, { updated_at: ago(5000) })

  const tell = (id, name, data) => (listeners.get(id) ?? []).forEach((r) => r.write(`event: ${name}\n${data.revision ? `id: ${data.revision}\n` : ''}data: ${JSON.stringify(data)}\n\n`))
  const digests = (w) => {
    const found = {}
    for (const id of topological(w)) found[id] = JSON.stringify([w.nodes[id].component, w.nodes[id].params ?? {}, Object.values(w.edges).filter((e) => e.to.node === id).map((e) => [e.to.port, e.from.port, found[e.from.node]]).sort()])
    return found
  }
  const blank = { cached: false, rows: {}, progress: null, started_at: null, finished_at: null, elapsed_ms: null, error: null, outputs: {}, curve: [] }
  const statesOf = (flow) => {
    const d = digests(flow.workflow)
    return Object.fromEntries(Object.keys(flow.workflow.nodes).map((id) => [id, flow.running?.[id] ?? results.get(d[id]) ?? (flow.ran.has(id) ? { ...flow.ran.get(id), state: 'stale', reason: 'params' } : { ...blank, state: 'waiting' })]))
  }
  const curve = (n) => ['train', 'test'].map((series, s) => ({ series, points: Array.from({ length: n }, (_, i) => [i + 1, 0.28 + 0.6 * Math.exp(-i / (7 + s * 4)) + s * 0.03 + Math.sin(i * 3 + s) * 0.004]) }))

  function start(flow, until, again) {
    const w = flow.workflow
    const d = digests(w)
    const { problems } = check(w, topological(w), tables)
    let wanted = topological(w)
    if (until?.length) {
      const keep = new Set(until)
      for (const id of [...wanted].reverse()) if (Object.values(w.edges).some((e) => e.from.node === id && keep.has(e.to.node))) keep.add(id)
      wanted = wanted.filter((id) => keep.has(id))
    }
    const run = { id: uuid(70000 + runs.length), project_id: project, kind: 'workflow', name: flow.asset.name, state: 'running', progress: { phase: 'nodes', done: 0, total: wanted.length }, params: {}, digest: null, cached: false, stale: false, error: null, inputs: [{ role: 'workflow', asset: { id: flow.asset.id, kind: 'workflow', name: flow.asset.name }, seq: 2 }], outputs: [], created_by: ana.id, author: ana, created_at: new Date().toISOString(), started_at: new Date().toISOString(), finished_at: null }
    runs.unshift(run)
    flow.run_id = run.id
    flow.running = Object.fromEntries(wanted.map((id) => [id, { ...blank, state: 'waiting' }]))
    const send = () => (listeners.get(run.id) ?? []).forEach((r) => r.write(`event: run\ndata: ${JSON.stringify({ ...run, nodes: flow.running })}\n\n`))
    tell(flow.asset.id, 'run', { run_id: run.id })
    const bad = new Set(problems.filter((p) => p.severity === 'error').map((p) => p.at.node))
    const step = () => {
      if (run.state !== 'running') return
      for (const id of wanted) {
        const s = flow.running[id]
        const feeds = Object.values(w.edges).filter((e) => e.to.node === id && wanted.includes(e.from.node)).map((e) => flow.running[e.from.node].state)
        if (s.state === 'waiting' && feeds.some((f) => f === 'failed' || f === 'skipped')) flow.running[id] = { ...blank, state: 'skipped', reason: 'upstream' }
        else if (s.state === 'waiting' && feeds.every((f) => f === 'succeeded')) {
          if (bad.has(id)) flow.running[id] = { ...blank, state: 'failed', elapsed_ms: 12, error: { code: 'unknown_column', message: 'There is no column “no_such_column” here. Choose another one.' } }
          else if (!again && results.has(d[id])) flow.running[id] = { ...results.get(d[id]), cached: true }
          else flow.running[id] = { ...blank, state: 'running', started_at: new Date().toISOString(), progress: { phase: 'fit', done: 0, total: 100 } }
        } else if (s.state === 'running') {
          const learn = signatureOf(w.nodes[id])?.category === 'learn'
          s.progress = { phase: learn ? 'fit' : 'read', done: s.progress.done + (learn ? 10 : 50), total: 100 }
          if (learn) s.curve = curve(s.progress.done / 2.5)
          if (s.progress.done >= 100) {
            const outs = signatureOf(w.nodes[id])?.outputs ?? []
            const made = { ...blank, state: 'succeeded', rows: Object.fromEntries(outs.filter((o) => o.kind === 'table').map((o, k) => [o.name, Math.round(75000 / (1 + k * 3) / (w.nodes[id].component.name === 'group' ? 94 : 1))])), outputs: Object.fromEntries(outs.map((o) => [o.name, o.kind])), started_at: s.started_at, finished_at: new Date().toISOString(), elapsed_ms: learn ? 4210 : 380 + id.length * 70, curve: learn ? curve(40) : [] }
            results.set(d[id], made)
            flow.ran.set(id, made)
            flow.running[id] = made
          }
        }
      }
      run.progress.done = wanted.filter((id) => !['waiting', 'running'].includes(flow.running[id].state)).length
      if (run.progress.done === wanted.length) {
        run.state = wanted.some((id) => flow.running[id].state === 'failed') ? 'failed' : 'succeeded'
        if (run.state === 'failed') run.error = { code: 'compute_failed', message: 'One node failed and what stands behind it was skipped. Look at the red node.' }
        run.finished_at = new Date().toISOString()
        for (const id of wanted) if (['failed', 'skipped'].includes(flow.running[id].state)) results.set(d[id], flow.running[id])
        flow.running = null
        send()
        return
      }
      send()
      setTimeout(step, 220)
    }
    setTimeout(step, 120)
    return run
  }

  const people = new Map()
  const COLORS = [2, 1, 4]
  const present = (id) => [...(people.get(id)?.values() ?? [])]
  setInterval(() => {
    const bot = { client: 'bot', user: { id: li.id, name: li.name }, color: 2, x: 700 + Math.sin(Date.now() / 900) * 120, y: 190 + Math.cos(Date.now() / 700) * 60, selected: ['joined'] }
    if ((listeners.get(uuid(300)) ?? []).length && process.env.BOT !== '0') tell(uuid(300), 'presence', { people: [bot, ...present(uuid(300))] })
  }, 300).unref()

  const missing = [404, { code: 'not_found', message: 'There is no such workflow, or it was not shared with you.', type: 'not_found', request_id: 'req_w404' }]
  const of = (id, then) => (flows.get(id) ? (flows.get(id).asset.rights.includes('use') ? then(flows.get(id)) : [403, { code: 'forbidden', message: 'You may see that this workflow is there, not use it. Ask for the right.', type: 'forbidden', request_id: 'req_w403' }]) : missing)
  const detail = (f) => ({ asset: f.asset, seq: f.asset.latest?.seq ?? 0, revision: f.revision, workflow: f.workflow, changed: f.changed })
  const routes = [
    ['GET', /^\/components$/, () => ({ items: components })],
    ['GET', /^\/components\/([^/]+)$/, ([name]) => {
      const s = components.find((c) => c.name === decodeURIComponent(name))
      const text = (lang) => `# ${s.title[lang]}\n\n${s.summary[lang]}\n\n${s.help?.[lang] ?? ''}\n\n## ${lang === 'en' ? 'Ports' : '端口'}\n\n| ${lang === 'en' ? 'Port | Kind | Holds' : '端口 | 类型 | 内容'} |\n|---|---|---|\n${[...s.inputs, ...s.outputs].map((p) => `| \`${p.name}\` | ${p.kind} | ${p.label[lang]} |`).join('\n')}\n`
      return s ? { signature: s, pages: { en: text('en'), 'zh-CN': text('zh-CN') }, changes: [] } : missing
    }],
    ['POST', /^\/projects\/([^/]+)\/workflows$/, (_, body) => {
      if ([...flows.values()].some((f) => f.asset.name === body.name)) return [409, { code: 'already_exists', message: `There is a workflow “${body.name}” already. Choose another name.`, type: 'conflict', request_id: 'req_w409' }]
      return [201, detail(add(400 + flows.size, body.name, body.description ?? '', body.workflow ?? { format: 1, nodes: {}, edges: {} }, { latest: null, updated_at: new Date().toISOString() }))]
    }],
    ['POST', /^\/projects\/([^/]+)\/workflows\/check$/, (_, body) => check(body.workflow, topological(body.workflow), tables)],
    ['GET', /^\/workflows\/([^/]+)$/, ([id], _, q) => of(id, (f) => (q.get('seq') ? { ...detail(f), workflow: f.versions[Number(q.get('seq')) - 1] ?? f.workflow, revision: 0, seq: Number(q.get('seq')) } : detail(f)))],
    ['POST', /^\/workflows\/([^/]+)\/edits$/, ([id], body) => of(id, (f) => {
      const refused = []
      const edits = body.edits.filter((e, index) => {
        const { workflow, undo } = applyAll(f.workflow, [e])
        const gone = 'id' in e && !/^add_|connect|disconnect|remove_/.test(e.op) && !f.workflow.nodes[e.id] && !f.workflow.notes?.[e.id] && !f.workflow.frames?.[e.id] && !f.workflow.edges[e.id]
        if (gone) refused.push({ index, message: { en: 'What this changed was removed by somebody else.', 'zh-CN': '所改的内容已被他人删除。' } })
        f.workflow = workflow
        return !gone && (undo.length > 0 || true)
      })
      f.revision += edits.length
      f.changed = true
      tell(id, 'edits', { client: body.client, revision: f.revision, edits })
      return { revision: f.revision, edits, refused }
    })],
    ['POST', /^\/workflows\/([^/]+)\/presence$/, ([id], body) => {
      const all = people.get(id) ?? new Map()
      people.set(id, all.set(body.client, { ...body, user: { id: ana.id, name: ana.name }, color: COLORS[all.size % 3] }))
      tell(id, 'presence', { people: present(id) })
      return [204]
    }],
    ['POST', /^\/workflows\/([^/]+)\/versions$/, ([id], body) => of(id, (f) => {
      f.versions.push(structuredClone(f.workflow))
      f.asset.latest = { ...(f.asset.latest ?? { id: uuid(9), label: null, author: ana, run_id: null, rows: null, columns: null, bytes: 3000, rejected: null }), seq: f.versions.length, message: body.message, created_at: new Date().toISOString() }
      f.changed = false
      tell(id, 'version', { seq: f.versions.length })
      return [201, f.asset.latest]
    })],
    ['POST', /^\/workflows\/([^/]+)\/runs$/, ([id], body) => of(id, (f) => [202, start(f, body.until, body.again)])],
    ['GET', /^\/workflows\/([^/]+)\/states$/, ([id]) => of(id, (f) => ({ nodes: statesOf(f), run_id: f.running ? f.run_id : null }))],
    ['POST', /^\/workflows\/([^/]+)\/preview$/, ([id], body) => of(id, (f) => {
      const state = statesOf(f)[body.node]
      const kind = signatureOf(f.workflow.nodes[body.node])?.outputs.find((o) => o.name === body.port)?.kind
      if (!state || !['succeeded', 'stale'].includes(state.state)) return { kind: 'none', reason: state?.state === 'failed' ? 'failed' : 'not_run' }
      if (kind === 'report') return { kind: 'report', section: sampleReport().sections[0] }
      if (kind === 'model') return { kind: 'model', model: { signature: { inputs: ['baskets', 'store_id'], target: 'sales' }, metrics: { rmse: 12.81, mae: 8.02, r2: 0.734, rows: 800 }, curve: state.curve } }
      if (kind === 'value') return { kind: 'value', value: true }
      const known = check(f.workflow, topological(f.workflow), tables).nodes[body.node]?.outputs[body.port]?.known ?? [{ name: 'city', kind: 'text' }, { name: '2025', kind: 'number' }]
      const total = state.rows[body.port] ?? 100
      const [offset, limit] = [body.offset ?? 0, body.limit ?? 100]
      return { kind: 'table', columns: known.map((c) => ({ name: c.name, type: c.kind })), rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => known.map((c, k) => valueOf(c.kind, c.name, i + offset, k))), row_count: total, partial: false }
    })],
    ['GET', /^\/workflows\/([^/]+)\/profile$/, ([id], _, q) => of(id, (f) => {
      const known = check(f.workflow, topological(f.workflow), tables).nodes[q.get('node')]?.outputs[q.get('port')]?.known ?? []
      return { rows: 75000, key_candidates: [], columns: known.map((c, k) => ({ name: c.name, kind: c.kind, nulls: k === 2 ? 1800 : 0, distinct: { count: 900 * (k + 1), exact: k < 2 }, min: c.kind === 'text' ? '上海' : valueOf(c.kind, c.name, 4, k), max: valueOf(c.kind, c.name, 9, k), mean: c.kind === 'number' ? 12.4 : null, std: null, quantiles: { values: [] }, histogram: c.kind === 'text' || c.kind === 'boolean' ? null : { bins: Array.from({ length: 20 }, (_, b) => ({ from: b, to: b + 1, count: Math.round(1000 * Math.exp(-(((b - 6 - k) / 5) ** 2))) })), below: 0, above: 0 }, top: c.kind === 'text' ? [{ value: '上海', count: 30000, share: 0.4 }, { value: '北京', count: 20000, share: 0.27 }] : [], warnings: k === 2 ? [{ code: 'many_nulls', figures: { share: 0.6 } }] : [] })) }
    })],
    ['GET', /^\/runs\/([^/]+)\/nodes$/, ([id]) => ({ nodes: [...flows.values()].map((f) => (f.run_id === id ? statesOf(f) : {}))[0] ?? {} })],
    ['POST', /^\/runs\/([^/]+)\/cancel$/, ([id]) => {
      const run = runs.find((r) => r.id === id)
      const flow = [...flows.values()].find((f) => f.run_id === id)
      if (run && run.state === 'running') Object.assign(run, { state: 'cancelled', finished_at: new Date().toISOString() })
      if (flow) flow.running = null
      ;(listeners.get(id) ?? []).forEach((r) => r.write(`event: run\ndata: ${JSON.stringify(run)}\n\n`))
      return run ?? missing
    }],
  ]
  const listen = (path, response, client) => {
    const id = path.split('/')[2]
    response.on('close', () => people.get(id)?.delete(client))
    listeners.set(id, [...(listeners.get(id) ?? []), response])
    response.on('close', () => listeners.set(id, (listeners.get(id) ?? []).filter((r) => r !== response)))
  }
  return { routes, listen, assets: [...flows.values()].map((f) => f.asset), all: () => [...flows.values()].map((f) => f.asset), versions: (id) => flows.get(id) && flows.get(id).versions.map((_, i) => ({ ...flows.get(id).asset.latest, id: uuid(3000 + i), seq: i + 1, message: ['First draft', 'Weekend baskets left out'][i] ?? flows.get(id).asset.latest?.message ?? '', author: i % 2 ? ana : li, created_at: ago(4000 - i * 1700) })).reverse() }
}
