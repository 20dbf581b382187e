import type { AttemptOutput } from '../../db/index.ts'
import type { App } from '../../live/app.ts'
import { levelOf } from '../log/level.ts'
import { output } from '../log/output.ts'
import type { Task } from '../tasks.ts'
import { lastLines } from './last-line.ts'

/** An error further from the end says little about why a task failed. */
export const END_BYTES = 65_536
const MOST_CHARACTERS = 300

export interface Headline {
  text: string
  line: number
}

/** Why a task failed, in the words of its output; null where the output does not say. */
export async function headlineOf(app: App, { id, state, attempt }: Task): Promise<Headline | null> {
  if (state !== 'failed' || attempt === 0) return null
  return lastErrorIn(await output(app).log(id, attempt))
}

/** The last line that is marked as an error; without one, the last line of stderr. */
export async function lastErrorIn(log: AttemptOutput): Promise<Headline | null> {
  const { begin, lines } = await lastLines(log, END_BYTES)
  const isPrinted = ({ text, stream }: (typeof lines)[number]) => text !== '' && stream === 'stderr'
  const marked = lines.findLastIndex(({ text }) => levelOf(text) === 'error')
  const last = marked === -1 ? lines.findLastIndex(isPrinted) : marked
  const { text } = lines[last] ?? {}
  if (text === undefined) return null
  const line = log.firstLine + (await log.linesBefore(begin)) + last
  return { text: text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text, line }
}
