import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Wire } from '../../src/client/wire.js'
import { LAUNCHER, serve as start, until } from '../support/process.ts'

/** A real server process with its own folder, reached over its control socket. */
export interface Server {
  data: string
  /** Over TCP, where a caller needs a token. */
  url: string
  client: Wire
  pid: number
  /** How long the start took, until the server was ready. */
  startedInMs: number
  /** Ends it by `signal` and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'telltale-'))

export const removeFolder = (path: string) => rmSync(path, { recursive: true, force: true })

/** Starts `telltale serve` without workers and returns once it is ready. Throws with its output if it fails. */
export async function serve(data: string, ...flags: string[]): Promise<Server> {
  const began = performance.now()
  const server = await start(data, { flags })
  const client = new Wire({ data })
  await until(() => isReady(client), server.output)
  const startedInMs = performance.now() - began
  async function end(signal: NodeJS.Signals) {
    await server.end(signal)
    client.close()
  }
  return { data, url: server.url, client, pid: server.child.pid as number, startedInMs, end }
}

/** A verb of the command line, as its own process. */
export function launch(...args: string[]): ChildProcess {
  const [file = '', ...rest] = commandLine(...args)
  return spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
}

export const commandLine = (...args: string[]) => [process.execPath, LAUNCHER, ...args]

async function isReady(client: Wire): Promise<boolean> {
  try {
    const answer = await client.stream('/readyz', { timeoutMs: 1000 })
    answer.resume()
    return true
  } catch {
    return false
  }
}
