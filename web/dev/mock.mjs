// A stand-in for the server while pages are drawn: everything in memory, made
// up from a seed. It knows the shapes of openapi.json and none of the rules.
// Start it with `npm run mock`, and `npm run dev` beside it.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { RecordBatchStreamWriter, tableFromArrays } from 'apache-arrow'
import { sampleReport } from './report.mjs'
import { workflowMock } from './workflows.mjs'

const PORT = Number(process.env.PORT ?? 8080)
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
let seed = 7
const random = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff)
const ago = (minutes) => new Date(Date.now() - minutes * 60000).toISOString()

const li = { id: uuid(1), name: '李然', email: 'li.ran@example.com' }
const ana = { id: uuid(2), name: 'Ana Weiss', email: 'ana@example.com' }
const tom = { id: uuid(3), name: 'Tom Okoro', email: 'tom@example.com' }
const org = { id: uuid(10), name: 'Corner & Co', role: 'owner' }
const session = {
  user: { ...ana, lang: 'en', theme: 'system' }, org, orgs: [org, { id: uuid(11), name: 'Side Project', role: 'guest' }],
  csrf_token: 'x', expires_at: ago(-600),
}
let signedIn = process.env.SIGNED_OUT !== '1'

const project = (n, name, description, role) => ({ id: uuid(n), name, description, role, actions: [], created_at: ago(90000), updated_at: ago(n * 7) })
const projects = [
  project(20, 'Household shopping', 'Who shops with us, how often, and what each household will be worth.', 'owner'),
  project(21, '门店会员 2025', '会员交易与复购分析', 'analyst'),
  project(22, 'Pricing test', '', 'viewer'),
  project(23, 'Empty project', 'Nothing here yet', 'owner'),
]
const P = projects[0].id

const COLUMNS = [
  ['household_id', 'integer'], ['store_id', 'integer'], ['basket_id', 'text'], ['product_id', 'integer'], ['quantity', 'integer'],
  ['sales_value', 'number'], ['retail_disc', 'number'], ['department', 'text'], ['transaction_timestamp', 'timestamp'], ['coupon', 'boolean'],
]
const ROWS = 75000
const DEPARTMENTS = ['GROCERY', 'DRUG GM', 'PRODUCE', 'MEAT', 'DAIRY', 'FROZEN', '面包烘焙']
const rowOf = (i) => {
  const r = (k) => (Math.sin(i * 12.9898 + k * 78.233) * 43758.5453) % 1
  const u = (k) => Math.abs(r(k))
  return [
    1 + Math.floor(u(1) * 801), 300 + Math.floor(u(2) * 90), String(31198570000 + i), 1000000 + Math.floor(u(3) * 92331), 1 + Math.floor(u(4) ** 4 * 9),
    Math.round(u(5) ** 3 * 4000) / 100, u(6) < 0.4 ? Math.round(u(7) * 300) / 100 : null, u(8) < 0.02 ? null : DEPARTMENTS[Math.floor(u(9) ** 2 * 7)],
    new Date(1483228800000 + Math.floor(u(10) * 31536000) * 1000).toISOString(), u(11) < 0.03,
  ]
}
const bell = (n, skew) => Array.from({ length: n }, (_, i) => Math.round(4000 * Math.exp(-(((i - n * skew) / (n * 0.22)) ** 2)) * (0.85 + random() * 0.3)))
const profile = {
  rows: ROWS, key_candidates: [['basket_id', 'product_id']], warnings: [],
  columns: COLUMNS.map(([name, type], i) => ({
    name, type, nulls: name === 'retail_disc' ? 44873 : name === 'department' ? 1533 : 0, distinct: { count: [801, 90, 31204, 18321, 9, 2120, 298, 7, 69544, 2][i], exact: i !== 8 },
    min: ['integer', 'number'].includes(type) ? [1, 300, 0, 1000000, 1, 0, 0][i] : type === 'timestamp' ? '2017-01-01T00:02:11' : type === 'text' ? 'DAIRY' : null,
    max: ['integer', 'number'].includes(type) ? [801, 389, 0, 1092330, 9, 39.98, 2.99][i] : type === 'timestamp' ? '2017-12-31T23:41:02' : type === 'text' ? '面包烘焙' : null,
    mean: type === 'number' ? 3.42 : name === 'quantity' ? 1.84 : null, std: type === 'number' ? 4.11 : null,
    quantiles: type === 'number' ? [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => ({ q, value: Math.round(q ** 3 * 2000) / 100 })) : [],
    histogram: ['integer', 'number', 'timestamp'].includes(type) ? { edges: Array.from({ length: 25 }, (_, k) => (type === 'timestamp' ? ago(500000 - k * 20000) : k * 10)), counts: bell(24, [0.5, 0.4, 0, 0.6, 0.02, 0.05, 0.2, 0, 0.5][i] ?? 0.5) } : null,
    top: type === 'text' || type === 'boolean' ? (type === 'boolean' ? ['false', 'true'] : name === 'department' ? DEPARTMENTS : ['31198570044', '31198570047']).map((value, k) => ({ value, count: Math.round(ROWS * (type === 'boolean' ? [0.97, 0.03][k] : name === 'department' ? 0.4 / (k + 1) : 0.0006)) })) : [],
    warnings: name === 'product_id' ? [{ code: 'likely_id' }] : name === 'retail_disc' ? [{ code: 'many_nulls' }] : name === 'department' ? [{ code: 'mixed_case' }] : [],
  })),
}
const version = (seq, extra = {}) => ({
  id: uuid(1000 + seq), seq, message: ['', 'First load', 'Added December', 'Prices corrected'][seq] ?? '', label: seq === 2 ? 'year-end' : null, author: seq % 2 ? ana : li,
  created_at: ago(6000 - seq * 1900), run_id: uuid(500 + seq), rows: ROWS - (3 - seq) * 6100, columns: 10, bytes: 2_310_000 + seq * 90000, rejected: seq === 3 ? 12 : 0, ...extra,
})
const ALL = ['discover', 'use', 'download', 'edit', 'manage']
const asset = (n, name, description, extra = {}) => ({
  id: uuid(n), project_id: P, kind: 'dataset', name, description, latest: version(1, { rows: Math.round(ROWS / (n - 39)), bytes: 9e6 / (n - 39) }), created_at: ago(9000), updated_at: ago((n - 39) * 300), created_by: ana, rights: ALL, restricted_by: [], ...extra,
})
const assets = [
  asset(40, 'transactions', 'Grocery transactions of 801 households in 2017 (dunnhumby, Complete Journey)', { latest: version(3) }),
  asset(41, 'products', 'Department, category and brand of each product'),
  asset(42, 'customer value · customers', 'Every household with its segment and value ahead', { restricted_by: [{ id: uuid(40), kind: 'dataset', name: 'transactions' }], created_by: li }),
  asset(43, '会员明细', '', { created_by: li, rights: ['discover'] }),
  asset(44, 'demographics', 'Age, income and household size, where known'),
]
const run = (n, kind, name, state, extra = {}) => ({
  id: uuid(n), project_id: P, kind, name, state, progress: null, params: { unit: 'week', horizon: 39 }, digest: 'blake3:9f2c41d0', cached: false, stale: false, error: null,
  inputs: kind === 'scenario' ? [{ role: 'transactions', asset: { id: uuid(40), kind: 'dataset', name: 'transactions' }, seq: 2 }] : [],
  outputs: kind === 'scenario' ? [{ role: 'customers', asset: { id: uuid(42), kind: 'dataset', name: 'customer value · customers' }, seq: 1 }] : [{ role: 'dataset', asset: { id: uuid(40), kind: 'dataset', name: 'transactions' }, seq: 3 }],
  created_by: ana, created_at: ago(n * 3), started_at: ago(n * 3), finished_at: state === 'running' ? null : ago(n * 3 - 0.2), ...extra,
})
const runs = [
  run(600, 'import', 'transactions', 'running', { progress: { phase: 'write', done: 31000, total: 75000 }, finished_at: null, created_at: ago(1), started_at: ago(1) }),
  run(601, 'scenario', 'Customer value · transactions', 'succeeded', { stale: true }),
  run(602, 'import', 'demographics', 'failed', { error: { code: 'too_many_rejects', message: '1,204 of 9,000 rows (13.4%) were rejected, more than the 1% allowed. Nothing was changed. Look at the rejected rows, correct the source or allow more.' } }),
  ...Array.from({ length: 14 }, (_, i) => run(610 + i, i % 3 ? 'import' : 'scenario', i % 3 ? 'products' : 'Customer value · transactions', 'succeeded', { created_at: ago(3000 + i * i * 900) })),
]
const manifest = JSON.parse(readFileSync(new URL('../../scenarios/customer-value/manifest.json', import.meta.url), 'utf8'))
const requests = [{ id: uuid(70), asset: { id: uuid(40), kind: 'dataset', name: 'transactions' }, user: tom, action: 'use', reason: 'I want to check the coupon effect for the March campaign.', state: 'open', created_at: ago(95) }]
const sniffed = {
  format: 'csv', sheets: [], row_estimate: 75000, rejects: [], options: { format: 'csv', encoding: 'GB18030', delimiter: ',', quote: '"', header: true, skip_rows: 0, null_values: [''] },
  warnings: [{ code: 'ambiguous_dates', column: 'paid', detail: '03/04/2024', message: '' }, { code: 'null_tokens', column: null, detail: 'NA', message: '' }],
  columns: COLUMNS.map(([name, type]) => ({ source: name, name, type: { integer: 'int64', number: 'float64', boolean: 'bool' }[type] ?? type, inferred: { integer: 'int64', number: 'float64', boolean: 'bool' }[type] ?? type, nullable: false, include: true, samples: [] })),
  rows: Array.from({ length: 30 }, (_, i) => rowOf(i).map((v) => (v === null ? null : String(v)))),
}
const lineage = {
  nodes: [
    { id: 'a', kind: 'asset', name: 'transactions', asset: { id: uuid(40), kind: 'dataset', name: 'transactions', seq: 2 }, run: null, stale: false },
    { id: 'r', kind: 'run', name: 'Customer value', asset: null, run: { id: uuid(601), kind: 'scenario', name: 'Customer value', state: 'succeeded', created_at: ago(1800) }, stale: true },
    { id: 'b', kind: 'asset', name: 'customer value · customers', asset: { id: uuid(42), kind: 'dataset', name: 'customer value · customers', seq: 1 }, run: null, stale: true },
    { id: 'i', kind: 'run', name: 'Import', asset: null, run: { id: uuid(610), kind: 'import', name: 'Import', state: 'succeeded', created_at: ago(6000) }, stale: false },
  ],
  edges: [{ from: 'i', to: 'a' }, { from: 'a', to: 'r', role: 'transactions' }, { from: 'r', to: 'b', role: 'customers' }],
}
const page = (items) => ({ items, next_cursor: null })
const audit = Array.from({ length: 40 }, (_, i) => ({
  seq: 900 - i, at: ago(i * 13), who: [ana, li, tom][i % 3], action: ['use', 'run', 'download', 'manage_members', 'edit'][i % 5], resource_kind: 'dataset', resource_id: uuid(40), resource_name: 'transactions',
  decision: i % 7 === 3 ? 'deny' : 'allow', reason: i % 7 === 3 ? 'wall-guest-takes-nothing-away' : 'asset-read', request_id: null,
}))

const actions = ['run', 'write_code', 'create', 'edit', 'manage_members', 'manage']
projects.forEach((p) => p.role !== 'viewer' && (p.actions = actions))
const tables = Object.fromEntries(assets.map((a) => [a.name, a.name === 'products' ? [['product_id', 'integer'], ['brand', 'text'], ['department', 'text']] : COLUMNS]))
assets.forEach((a) => (tables[a.id] = tables[a.name]))
const flow = workflowMock({ uuid, ago, ana, li, project: P, tables, runs })

const routes = [
  ...flow.routes,
  ['GET', /^\/session$/, () => (signedIn ? session : [401, { code: 'unauthenticated', message: 'Sign in first.', type: 'unauthenticated', request_id: 'req_1' }])],
  ['POST', /^\/session$/, (_, body) => (body.password === 'wrong' ? [401, { code: 'wrong_credentials', message: 'Check both and try again.', type: 'unauthenticated', request_id: 'req_2' }] : ((signedIn = true), session))],
  ['DELETE', /^\/session$/, () => ((signedIn = false), [204])],
  ['PATCH', /^\/me$/, () => session.user],
  ['GET', /^\/me\/tokens$/, () => page([{ id: uuid(80), name: 'nightly import', scope: 'write', project_id: P, created_at: ago(40000), expires_at: ago(-60000), last_used_at: ago(200) }])],
  ['POST', /^\/me\/tokens$/, () => [201, { token: {}, secret: 'tdm_5e1f0c9a7b3d4e2f8a6c1b0d9e7f5a3c' }]],
  ['GET', /^\/org\/members$/, () => page([ana, li, tom].map((user, i) => ({ user, role: ['owner', 'member', 'guest'][i], disabled: i === 2, created_at: ago(90000) })))],
  ['GET', /^\/org\/audit$/, () => page(audit)],
  ['GET', /^\/org\/access-requests$/, () => page(requests)],
  ['POST', /^\/access-requests\//, (_, body) => ((requests[0].state = body.approve ? 'approved' : 'denied'), requests[0])],
  ['GET', /^\/projects$/, () => page(projects)],
  ['GET', /^\/projects\/([^/]+)$/, ([id]) => projects.find((p) => p.id === id) ?? [404, { code: 'not_found', message: 'There is no such project, or it was not shared with you.', type: 'not_found', request_id: 'req_7f3a' }]],
  ['GET', /^\/projects\/([^/]+)\/members$/, () => page([{ user: ana, role: 'owner' }, { user: li, role: 'analyst' }, { user: tom, role: 'guest' }])],
  ['GET', /^\/projects\/([^/]+)\/activity$/, ([id]) => page(id === uuid(23) ? [] : runs.slice(0, 12).map((r, i) => ({ id: String(i), at: r.created_at, kind: r.state === 'failed' ? 'run_failed' : i % 2 ? 'run_succeeded' : 'version_created', who: r.created_by, asset: i % 2 ? null : { id: uuid(40), kind: 'dataset', name: 'transactions', seq: 3 }, run_id: r.id, text: r.name })))],
  ['GET', /^\/projects\/([^/]+)\/search$/, (_, __, q) => page(assets.filter((a) => a.name.includes(q.get('q') ?? '')).map((a) => ({ kind: 'dataset', id: a.id, name: a.name, description: a.description })))],
  ['GET', /^\/projects\/([^/]+)\/assets$/, ([id], _, q) => page(id === uuid(23) ? [] : (q.get('kind') === 'workflow' ? flow.all() : assets).filter((a) => a.name.includes(q.get('q') ?? '')))],
  ['GET', /^\/projects\/([^/]+)\/catalog$/, () => ({ tables: assets.filter((a) => a.rights.includes('use')).map((a) => ({ asset_id: a.id, name: a.name, latest: a.latest.seq, columns: COLUMNS.map(([name, type]) => ({ name, type })) })) })],
  ['GET', /^\/projects\/([^/]+)\/runs$/, ([id], _, q) => page(id === uuid(23) ? [] : runs.filter((r) => !q.get('kind') || r.kind === q.get('kind')))],
  ['POST', /^\/projects\/([^/]+)\/uploads$/, () => [201, { id: uuid(90), name: 'transactions.csv', bytes: 1000 }]],
  ['POST', /^\/projects\/([^/]+)\/import\/sniff$/, () => sniffed],
  ['POST', /^\/projects\/([^/]+)\/import$/, () => [202, runs[0]]],
  ['POST', /^\/projects\/([^/]+)\/scenarios\/[^/]+\/suggest$/, () => ({ roles: { customer: 'household_id', time: 'transaction_timestamp', amount: 'sales_value' } })],
  ['POST', /^\/projects\/([^/]+)\/scenarios\/[^/]+\/runs$/, () => [202, runs[0]]],
  ['GET', /^\/import\/folders$/, () => ({ items: [{ index: 0, name: 'share' }] })],
  ['GET', /^\/import\/folders\/0$/, () => ({ items: [{ name: '2025', path: '2025', dir: true, bytes: null, modified_at: ago(9000) }, { name: 'orders.csv.gz', path: 'orders.csv.gz', dir: false, bytes: 31e6, modified_at: ago(900) }] })],
  ['GET', /^\/assets\/([^/]+)$/, ([id]) => [...assets, ...flow.all()].find((a) => a.id === id) ?? [404, { code: 'not_found', message: 'There is no such dataset, or it was not shared with you.', type: 'not_found', request_id: 'req_91bc' }]],
  ['PATCH', /^\/assets\/([^/]+)$/, ([id], body) => Object.assign([...assets, ...flow.all()].find((a) => a.id === id), body)],
  ['GET', /^\/assets\/([^/]+)\/versions$/, ([id]) => page(flow.versions(id) ?? [3, 2, 1].map((s) => version(s)))],
  ['GET', /^\/assets\/[^/]+\/lineage$/, () => lineage],
  ['GET', /^\/assets\/[^/]+\/grants$/, () => page([{ id: uuid(60), user: tom, action: 'use', granted_by: ana, created_at: ago(4000) }])],
  ['POST', /^\/assets\/[^/]+\/access-requests$/, () => [201, requests[0]]],
  ['GET', /^\/datasets\/[^/]+\/versions\/\d+\/profile$/, () => profile],
  ['GET', /^\/datasets\/[^/]+\/versions\/\d+\/rows$/, (_, __, q) => ({ columns: COLUMNS.map(([name, type]) => ({ name, type })), total: ROWS, offset: Number(q.get('offset')), rows: Array.from({ length: Number(q.get('limit')) }, (_, i) => rowOf(i + Number(q.get('offset')))) })],
  ['GET', /^\/datasets\/[^/]+\/versions\/\d+\/rejects$/, () => page([{ row_number: 412, line: 413, column: 'sales_value', code: 'invalid_value', message: '“12,5O” is not a number.', raw: '1,367,31198570044,995242,1,"12,5O"' }])],
  ['GET', /^\/datasets\/[^/]+\/versions\/\d+\/quality$/, () => ({ items: [{ rule: { kind: 'not_null', columns: ['household_id'] }, passed: true, failing_rows: 0, examples: [] }, { rule: { kind: 'range', columns: ['sales_value'], min: 0, max: 500 }, passed: false, failing_rows: 38, examples: ['840.00', '-2.49'] }] })],
  ['GET', /^\/datasets\/[^/]+\/quality-rules$/, () => ({ rules: [{ kind: 'not_null', columns: ['household_id'] }, { kind: 'range', columns: ['sales_value'], min: 0, max: 500 }] })],
  ['GET', /^\/datasets\/[^/]+\/policies$/, () => ({ rules: [{ name: 'Households are hidden from guests', exempt_roles: ['maintainer', 'owner'], exempt_users: [], masks: { household_id: { kind: 'hash' } }, hidden_columns: [], row_filter: { op: 'compare', column: 'store_id', is: 'lt', value: 350 } }], outdated: [] })],
  ['GET', /^\/datasets\/[^/]+\/compare$/, (_, __, q) => ({ from: 2, to: 3, schema: [{ name: 'coupon', change: 'added', from: null, to: 'boolean' }, { name: 'store_id', change: 'changed', from: 'text', to: 'integer' }], rows_from: 68900, rows_to: 75000, ...(q.get('key') ? { added: 6102, removed: 2, changed: 811 } : {}), examples: q.get('key') ? [{ change: 'changed', key: ['a'], before: { basket_id: '31198570044', sales_value: 1.5 }, after: { basket_id: '31198570044', sales_value: 1.75 } }, { change: 'added', key: ['b'], after: { basket_id: '31198570099', sales_value: 4 } }] : [] })],
  ['GET', /^\/scenarios$/, () => ({ items: [manifest] })],
  ['GET', /^\/scenarios\/([^/]+)$/, () => manifest],
  ['GET', /^\/runs\/([^/]+)$/, ([id]) => runs.find((r) => r.id === id) ?? [404, { code: 'not_found', message: 'There is no such run.', type: 'not_found', request_id: 'req_5' }]],
  ['POST', /^\/runs\/([^/]+)\/(cancel|reproduce)$/, ([id]) => runs.find((r) => r.id === id)],
  ['GET', /^\/runs\/[^/]+\/report$/, () => sampleReport()],
]

function query(sql, response) {
  if (/selec\b|nope/i.test(sql)) {
    response.writeHead(400, { 'content-type': 'application/json' })
    return response.end(JSON.stringify({ code: 'unknown_column', message: 'There is no column “nope” in transactions (line 2, column 8). Did you mean “coupon”?', type: 'invalid', request_id: 'req_c41' }))
  }
  const many = /limit 1000000/i.test(sql) ? 1_000_000 : /group by/i.test(sql) ? 0 : 5000
  const table = many
    ? tableFromArrays({ household_id: Int32Array.from({ length: many }, (_, i) => (i * 7919) % 801), sales_value: Float64Array.from({ length: many }, (_, i) => ((i * 37) % 4000) / 100), day: Int32Array.from({ length: many }, (_, i) => i % 365) })
    : tableFromArrays({ department: DEPARTMENTS, sales: Float64Array.from(DEPARTMENTS, (_, i) => 90000 / (i + 1)), baskets: Int32Array.from(DEPARTMENTS, (_, i) => 9000 / (i + 1)) })
  response.writeHead(200, { 'content-type': 'application/vnd.apache.arrow.stream' })
  response.end(Buffer.from(RecordBatchStreamWriter.writeAll(table).toUint8Array(true)))
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  const path = url.pathname.replace(/^\/api\/v1/, '')
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    if (path.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      flow.listen(path, response, url.searchParams.get('client'))
      return response.write(': hello\n\n')
    }
    let body = {}
    try {
      body = JSON.parse(Buffer.concat(chunks).toString() || '{}')
    } catch {
      // An upload: bytes, not JSON.
    }
    if (/\/query$/.test(path)) return query(body.sql, response)
    for (const [method, pattern, handle] of routes) {
      const match = method === request.method && pattern.exec(path)
      if (!match) continue
      const result = handle(match.slice(1), body, url.searchParams)
      const [status, answer] = Array.isArray(result) ? result : [200, result]
      response.writeHead(status, { 'content-type': 'application/json' })
      return response.end(answer === undefined ? '' : JSON.stringify(answer))
    }
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 'not_found', message: `No mock for ${request.method} ${path}`, type: 'not_found', request_id: 'req_mock' }))
  })
}).listen(PORT, '127.0.0.1', () => console.log(`mock on http://127.0.0.1:${PORT}`))
