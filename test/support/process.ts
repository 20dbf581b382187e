import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))

/** A server gives its workers five seconds; one that hangs must not delay the tests. */
const STOP_MS = 30_000
/** A wait ends with its condition; the deadline is for the slowest machine. */
const WAIT_MS = 60_000
const POLL_MS = 10
/** Printed when the server listens, its control socket included. */
const GREETING = /^ {2}Dashboard +(\S+).*^ {2}API +(\S+).*^ {2}Data /ms

/** Nothing here knows vitest: the benchmarks, the screenshots and the crash campaign start servers as the tests do. */
export interface Process {
  child: ChildProcess
  output(): string
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

export interface ServerProcess extends Process {
  /** For callers with a token. */
  url: string
  /** For a browser. */
  dashboard: string
  /** Ends it by `signal`, or by SIGKILL when it does not obey, and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** The real program, as a child process. */
export function telltale(...args: (string | number)[]): Process {
  const child = spawn(process.execPath, [LAUNCHER, ...args.map(String)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? (signal as string))))
  return { child, output: () => output, ended }
}

/** Starts a server and resolves when it has printed its address. Throws with its output if it ends first. */
export async function serve(data: string, { port = 0, workers = 0, flags = [] }: { port?: number; workers?: number; flags?: readonly string[] } = {}) {
  const started = telltale('serve', '--port', port, '--data', data, '--workers', workers, ...flags)
  const { child, output, ended } = started
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  await until(() => isOver() || GREETING.test(output()), output).catch((late) => {
    child.kill('SIGKILL')
    throw late
  })
  const [, dashboard = '', url = ''] = GREETING.exec(output()) ?? []
  if (!url) throw new Error(`the server ended:\n${output()}`)
  async function end(signal: NodeJS.Signals) {
    if (isOver()) return
    child.kill(signal)
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(patience)
  }
  return { ...started, url, dashboard, end } satisfies ServerProcess
}

/** Waits for a condition, with a deadline; fails with the text of `explain`. */
export async function until(isSo: () => boolean | Promise<boolean>, explain: () => string = () => '', ms = WAIT_MS) {
  const deadline = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${ms} ms. ${explain()}`)
    await pause(POLL_MS)
  }
}
