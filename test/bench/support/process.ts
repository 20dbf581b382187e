import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { TYPESCRIPT } from '../../support/typescript.ts'

/** Occurs once in every counted event, and nowhere else. */
export const MARK = '~'

/** The resources that a process has used so far. */
export interface Usage {
  cpuMs: number
  rss: number
  heap: number
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 100))

/** In the child: handles the parent's calls by name, including `usage` and, after two collections, `memory`. */
// biome-ignore lint/suspicious/noExplicitAny: what goes over the pipe is JSON
export function answer(calls: Record<string, (argument: any) => unknown>) {
  const all: typeof calls = {
    ...calls,
    usage,
    async memory() {
      for (const _ of [1, 2]) {
        globalThis.gc?.()
        await settled()
      }
      return usage()
    },
  }
  process.on('message', async ({ id, name, argument }: { id: number; name: string; argument: unknown }) => {
    process.send?.({ id, value: await all[name]?.(argument) })
  })
  process.once('disconnect', () => process.exit())
  process.send?.('up')
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, rss, heap: heapUsed + external }
}

/** A child process that runs a script beside this file. */
export class Child {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (value: never) => void>()
  #calls = 0

  private constructor(child: ChildProcess) {
    this.#process = child
    child.on('message', ({ id, value }: { id: number; value: never }) => {
      this.#waiting.get(id)?.(value)
      this.#waiting.delete(id)
    })
  }

  static async start(script: string, argument = '', env: Record<string, string> = {}): Promise<Child> {
    const options = { execArgv: [...TYPESCRIPT, '--expose-gc'], env: { ...process.env, ...env } }
    const child = fork(fileURLToPath(new URL(script, import.meta.url)), [argument], options)
    await new Promise((resolve, reject) => child.once('message', resolve).once('exit', (code) => reject(new Error(`${script} ended with ${code}`))))
    return new Child(child)
  }

  call<T>(name: string, argument?: unknown): Promise<T> {
    const id = ++this.#calls
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#process.send({ id, name, argument })
    })
  }

  usage = () => this.call<Usage>('usage')

  /** Ends it, after it has removed its files. */
  stop() {
    this.#process.disconnect()
  }
}

export const median = (values: readonly number[]) => percentile(values, 50)

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}
