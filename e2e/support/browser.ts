import { type Browser, chromium } from 'playwright'
import { chromiumPath } from '../../test/support/chromium.js'

const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The machine's Chromium, without a window. */
export function launch(): Promise<Browser> {
  const path = chromiumPath()
  // Chromium's sandbox refuses root, which is what a container runs as.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ args: [...ARGS, ...asRoot], ...(path && { executablePath: path }) })
}
