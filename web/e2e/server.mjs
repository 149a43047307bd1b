// A real server with the demo workspace: the one at TANDEM_E2E_URL, or the
// binary at TANDEM_BIN started on a folder of its own.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const EMAIL = process.env.TANDEM_E2E_EMAIL ?? 'demo@tandem.example'
export const PASSWORD = process.env.TANDEM_E2E_PASSWORD ?? 'a-password-for-tests'

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

/** Looks until something is so; no test waits for a length of time. */
export async function until(what, look, limit = 120_000) {
  const end = Date.now() + limit
  for (;;) {
    const found = await look().catch(() => null)
    if (found) return found
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

async function demoReady(url) {
  const signIn = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  })
  if (!signIn.ok) return null
  const cookie = signIn.headers.get('set-cookie').split(';')[0]
  const get = async (path) => (await fetch(`${url}/api/v1${path}`, { headers: { cookie } })).json()
  const project = (await get('/projects')).items[0]
  if (!project) return null
  const runs = (await get(`/projects/${project.id}/runs?kind=scenario&limit=50`)).items
  const run = runs.findLast((r) => r.state === 'succeeded' && !r.reproduces)
  return run ? { project: project.id, run: run.id } : null
}

export async function start() {
  const given = process.env.TANDEM_E2E_URL
  if (given) {
    const demo = await until('the demo workspace', () => demoReady(given))
    return { url: given.replace(/\/$/, ''), demo, stop: () => undefined }
  }
  const binary = process.env.TANDEM_BIN
  if (!binary) throw new Error('Say where the server is: TANDEM_E2E_URL=http://… or TANDEM_BIN=path/to/tandem')
  const folder = mkdtempSync(join(tmpdir(), 'tandem-e2e-'))
  const url = `http://127.0.0.1:${await freePort()}`
  const reports = join(folder, 'reports')
  mkdirSync(reports)
  const server = spawn(binary, ['serve', '--data', join(folder, 'data'), '--listen', url.slice(7), '--demo', '--delivery-folder', `reports=${reports}`], {
    env: { ...process.env, TANDEM_DEMO_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log = (log + chunk).slice(-8000)))
  const gone = new Promise((resolve) => server.once('exit', resolve))
  const stop = async () => {
    server.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const demo = await until('the server and its demo workspace', async () => {
      if (server.exitCode !== null) throw new Error('exited')
      return demoReady(url)
    })
    return { url, demo, reports, stop }
  } catch (error) {
    await stop()
    throw new Error(`${error.message}\n${log}`, { cause: error })
  }
}
