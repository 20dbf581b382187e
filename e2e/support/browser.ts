import { type Browser, chromium, type LaunchOptions } from 'playwright'
import { chromiumPath } from '../../test/support/machine/chromium.js'

const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

const path = chromiumPath()
// Chromium's sandbox refuses root, as in a container.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
/** The machine's Chromium, without a window. */
export const OPTIONS: LaunchOptions = { args: [...ARGS, ...asRoot], ...(path && { executablePath: path }) }

/** A browser of its own. */
export const launch = (): Promise<Browser> => chromium.launch(OPTIONS)
