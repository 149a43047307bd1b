// The pages against a real server, in Chromium: `npm run e2e`.
import { after, before } from 'node:test'
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

await import('./tests/signin.mjs')
await import('./tests/data.mjs')
await import('./tests/explore.mjs')
await import('./tests/scenario.mjs')
await import('./tests/team.mjs')
await import('./tests/everywhere.mjs')
