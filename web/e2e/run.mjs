// The pages against a real server, in Chromium: `npm run e2e`, or some suites of it: `npm run e2e -- data team`.
import { after, before, suite } from 'node:test'
import { launch } from './browser.mjs'
import { start } from './server.mjs'
import { world } from './world.mjs'

before(async () => {
  world.browser = await launch()
  Object.assign(world, await start())
}, { timeout: 180_000 })

after(async () => {
  await world.browser?.close()
  await world.stop?.()
})

const SUITES = ['everywhere', 'data', 'explore', 'scenario', 'workflow', 'bring', 'dashboard', 'delivery', 'operate', 'together', 'team', 'signin']
const chosen = process.argv.slice(2)

// Each suite runs from top to bottom; suites share the server and run beside each other.
suite('pages', { concurrency: 2 }, async () => {
  for (const name of SUITES.filter((one) => chosen.length === 0 || chosen.includes(one))) {
    const { tests } = await import(`./tests/${name}.mjs`)
    suite(name, { concurrency: 1 }, tests)
  }
})
