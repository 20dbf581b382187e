import type { Writable } from 'node:stream'
import { printable, printableLines } from './input/printable.ts'

export interface ServerLog {
  request(line: { method: string; path: string; status: number; ms: number; actor: string; id: string }): void
  info(message: string): void
  error(message: string, error: unknown): void
  readonly lost?: number
}

export function serverLog(format: 'text' | 'json', out: Pick<LogStream, 'write' | 'lost'> = stderr): ServerLog {
  const entry = (level: string, text: string, facts: object) => {
    const at = new Date().toISOString()
    out.write(format === 'json' ? printable(JSON.stringify({ at, level, message: text, ...facts })) : printableLines(`${at} ${text}`))
  }
  return {
    request: ({ method, path, status, ms, actor, id }) =>
      entry('info', printable(`${status} ${method} ${path} ${ms.toFixed(1)} ms ${actor} ${id}`), { method, path, status, ms, actor, id }),
    info: (message) => entry('info', printable(message), {}),
    error: (message, error) => entry('error', `${printable(message)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {}),
    get lost() {
      return out.lost
    },
  }
}

/** Beyond this, lines are dropped and counted, so that a stalled reader cannot fill the memory. */
const MOST_BUFFERED = 1_048_576

/** A line that cannot be written is counted, and never ends the process. */
export class LogStream {
  lost = 0
  readonly #stream: Writable

  constructor(stream: Writable) {
    this.#stream = stream
  }

  write(line: string) {
    if (this.#stream.writableLength > MOST_BUFFERED) return void this.lost++
    this.#stream.write(`${line}\n`, (error) => {
      if (error) this.lost++
    })
  }
}

export const stderr = new LogStream(process.stderr)
