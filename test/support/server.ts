import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { endWorkersOf } from './leftovers.ts'
import { type ServerProcess, serve } from './process.ts'

export { LAUNCHER, type Process, telltale, until } from './process.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A running server on a folder of its own, with a client that is its owner; stopped when the test ends. */
export async function running(...flags: string[]): Promise<ServerProcess & { data: string; client: Wire }> {
  const data = join(temporaryFolder(), 'data')
  onTestFinished(() => endWorkersOf(data))
  const server = await serve(data, { flags })
  onTestFinished(() => server.end('SIGTERM'))
  const client = new Wire({ data })
  onTestFinished(() => client.close())
  return { ...server, data, client }
}
