import type { AttemptOutput, Stream } from '../../db/index.ts'
import { textOf, toLines } from '../log/lines.ts'
import { Terminal } from '../log/terminal.ts'

const END_BYTES = 4_096

/** What an attempt printed last, as a reader sees it; empty if that is nothing. */
export async function lastLine(log: AttemptOutput): Promise<string> {
  return (await lastLines(log, END_BYTES)).lines.findLast(({ text }) => text !== '')?.text ?? ''
}

/** The lines in the last `bytes` of the output, as a reader sees them, and the offset where they begin. */
export async function lastLines(log: AttemptOutput, bytes: number): Promise<{ begin: number; lines: { text: string; stream: Stream }[] }> {
  const runs = await log.tail(bytes)
  const lines = toLines(runs).map(({ bytes, stream }) => ({ text: new Terminal().line(textOf(bytes)).text.trim(), stream }))
  return { begin: runs[0]?.offset ?? 0, lines }
}
