import { type LogStream, stderr } from './log-stream.ts'
import { printable, printableLines } from './printable.ts'

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
