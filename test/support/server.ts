import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type Client, connect } from '../../src/cli/client.ts'
import { endWorkersOf } from './leftovers.ts'

export const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))

/** A server gives its workers five seconds; one that hangs must not hold up the tests. */
const STOP_MS = 30_000
/** A wait ends as soon as its condition holds; the deadline is for what never comes, on the slowest machine. */
const WAIT_MS = 60_000

export interface Process {
  child: ChildProcess
  output(): string
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

/** The real program, as a child process. */
export function telltale(...args: string[]): Process {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? (signal as string))))
  return { child, output: () => output, ended }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A running server on a folder of its own, with a client that is its owner; stopped when the test ends. */
export async function running(...args: string[]): Promise<Process & { data: string; url: string; client: Client }> {
  const data = join(temporaryFolder(), 'data')
  const server = telltale('serve', '--port', '0', '--data', data, '--workers', '0', ...args)
  onTestFinished(async () => {
    server.child.kill('SIGTERM')
    const patience = setTimeout(() => server.child.kill('SIGKILL'), STOP_MS)
    await server.ended
    clearTimeout(patience)
    endWorkersOf(data)
  })
  await until(
    () => /^ {2}Data /m.test(server.output()),
    () => server.output(),
  )
  const url = /^ {2}API +(\S+)/m.exec(server.output())?.[1] as string
  const client = connect({ data })
  onTestFinished(() => client.close())
  return { ...server, data, url, client }
}

/** Waits for a condition, with a deadline; fails with what `explain` says. */
export async function until(isSo: () => boolean | Promise<boolean>, explain: () => string = () => '', ms = WAIT_MS) {
  const deadline = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${ms} ms. ${explain()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
