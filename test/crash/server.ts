import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, connect } from '../../src/cli/client.ts'

const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const START_MS = 60_000
const POLL_MS = 5

/** A real server process on a folder of its own, spoken to over its control socket. */
export interface Server {
  data: string
  /** Over TCP, where a caller needs a token. */
  url: string
  client: Client
  /** How long the start took, until it answered that it is ready. */
  startedInMs: number
  /** Ends it by `signal` and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'telltale-'))

export const removeFolder = (path: string) => rmSync(path, { recursive: true, force: true })

/** Starts `telltale serve` with no worker, and answers once it is ready. Throws with its last words when it is not. */
export async function serve(data: string, ...flags: string[]): Promise<Server> {
  const began = performance.now()
  const child = launch('serve', '--port', '0', '--data', data, '--workers', '0', ...flags)
  let said = ''
  let greeting = ''
  child.stdout?.on('data', (text) => {
    greeting += text
  })
  child.stderr?.on('data', (text) => {
    said = (said + text).slice(-2000)
  })
  const client = connect({ data })
  while (!(await isReady(client)) || !/^ {2}Data /m.test(greeting)) {
    if (child.exitCode !== null || performance.now() - began > START_MS) {
      child.kill('SIGKILL')
      throw new Error(`the server did not start: ${said}`)
    }
    await pause(POLL_MS)
  }
  const startedInMs = performance.now() - began
  async function end(signal: NodeJS.Signals) {
    child.kill(signal)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    client.close()
  }
  return { data, url: /^ {2}API +(\S+)/m.exec(greeting)?.[1] as string, client, startedInMs, end }
}

/** A verb of the command line, as its own process. */
export function launch(...args: string[]): ChildProcess {
  const [file = '', ...rest] = commandLine(...args)
  return spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
}

export const commandLine = (...args: string[]) => [process.execPath, LAUNCHER, ...args]

async function isReady(client: Client): Promise<boolean> {
  try {
    const answer = await client.stream('/readyz', { timeoutMs: 1000 })
    answer.resume()
    return true
  } catch {
    return false
  }
}
