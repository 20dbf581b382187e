import { chromium } from 'playwright'
import type { TestProject } from 'vitest/node'
import { OPTIONS } from './browser.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the one browser of all spec files listens. */
    browser: string
  }
}

/** Starts the browser once; each test still has contexts of its own. */
export default async function oneBrowser(project: TestProject) {
  const server = await chromium.launchServer(OPTIONS)
  project.provide('browser', server.wsEndpoint())
  return () => server.close()
}
