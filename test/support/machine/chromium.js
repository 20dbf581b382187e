import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const SYSTEM = [
  '/usr/bin/chromium-headless-shell', // the same engine without a window to draw: half the work
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser for the tests: TELLTALE_CHROMIUM, else the system's Chromium or Chrome, else Playwright's own. */
export function chromiumPath() {
  const own = chromium.executablePath()
  return process.env.TELLTALE_CHROMIUM ?? SYSTEM.find(existsSync) ?? (existsSync(own) ? own : undefined)
}

/** Installs a browser if there is none; ends the run with one line if that fails. */
export function ensureChromium() {
  if (chromiumPath()) return
  console.log('There is no Chromium here: installing one for the browser tests.')
  run('playwright', ['install', 'chromium'])
  if (chromiumPath()) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-qq'])
    for (const name of ['chromium-headless-shell', 'chromium']) if (!chromiumPath()) run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name])
  }
  if (chromiumPath()) return
  console.error('The browser tests need Chromium, and it could not be installed. Install it, or set TELLTALE_CHROMIUM to its path.')
  process.exit(1)
}

function run(command, args) {
  spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
