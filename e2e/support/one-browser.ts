import { chromium } from 'playwright'
import type { TestProject } from 'vitest/node'
import { OPTIONS } from './browser.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The endpoint of the browser that all spec files share. */
    browser: string
  }
}

/** Starts the browser once; each test has its own contexts. */
export default async function oneBrowser(project: TestProject) {
  const server = await chromium.launchServer(OPTIONS)
  project.provide('browser', server.wsEndpoint())
  return () => server.close()
}
