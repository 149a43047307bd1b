// Debian's Chromium, driven by playwright-core.
import { chromium } from 'playwright-core'
import { existsSync } from 'node:fs'

const PATHS = [process.env.TANDEM_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean)

export async function launch() {
  const executablePath = PATHS.find((path) => existsSync(path))
  if (!executablePath) throw new Error('Chromium is missing: install Debian’s package `chromium`.')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'] })
}
