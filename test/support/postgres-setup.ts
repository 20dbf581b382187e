import type { TestProject } from 'vitest/node'
import { makeTemplate, startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: number | undefined
  }
}

/** One server for a run, with a template of which each test has a copy. */
export default async function setup({ provide }: TestProject) {
  const server = await startPostgres()
  await makeTemplate(server.url, server.query)
  provide('postgres', server.port)
  return () => server.stop()
}
