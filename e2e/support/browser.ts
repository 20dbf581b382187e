import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']
const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** TELLTALE_CHROMIUM, else the system's Chromium or Chrome, else Playwright's own. */
export function launch(): Promise<Browser> {
  const path = process.env.TELLTALE_CHROMIUM ?? SYSTEM.find(existsSync)
  // Chromium's sandbox refuses root, which is what a container runs as.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ args: [...ARGS, ...asRoot], ...(path && { executablePath: path }) })
}
