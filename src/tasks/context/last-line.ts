import type { AttemptOutput } from '../../db/index.ts'
import { textOf, toLines } from '../log/lines.ts'
import { Terminal } from '../log/terminal.ts'

const END_BYTES = 4_096

/** What an attempt printed last, as a reader sees it; empty if that is nothing. */
export async function lastLine(log: AttemptOutput): Promise<string> {
  const lines = toLines(await log.tail(END_BYTES)).map(({ bytes }) => new Terminal().line(textOf(bytes)).text.trim())
  return lines.findLast((text) => text !== '') ?? ''
}
