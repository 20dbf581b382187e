import type { AttemptOutput, Stream } from '../../db/index.ts'
import { lastOf, textOf, toLines } from '../log/lines.ts'
import { shownText } from '../log/terminal.ts'

const END_BYTES = 4_096
/** A line may be a single byte. */
const MOST_LINES = 2_000

/** What an attempt printed last, as a reader sees it; empty if that is nothing. */
export async function lastLine(log: AttemptOutput): Promise<string> {
  return (await lastLines(log, END_BYTES)).lines.findLast(({ text }) => text !== '')?.text ?? ''
}

/** The lines in the last `bytes` of the output, at most 2,000, as a reader sees them, and the offset where they begin. */
export async function lastLines(log: AttemptOutput, bytes: number): Promise<{ begin: number; lines: { text: string; stream: Stream }[] }> {
  const raw = toLines(lastOf(await log.tail(bytes), MOST_LINES))
  return { begin: raw[0]?.offset ?? 0, lines: raw.map(({ bytes, stream }) => ({ text: shownText(textOf(bytes)).trim(), stream })) }
}
