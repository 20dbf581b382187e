import type { AttemptOutput } from '../../db/index.ts'
import type { App } from '../../live/app.ts'
import { levelOf } from '../log/level.ts'
import { textOf, toLines } from '../log/lines.ts'
import { output } from '../log/output.ts'
import { Terminal } from '../log/terminal.ts'
import type { Task } from '../tasks.ts'

/** An error further from the end says little about why a task failed. */
const END_BYTES = 65_536
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
  const runs = await log.tail(END_BYTES)
  const begin = runs[0]?.offset ?? 0
  const lines = toLines(runs).map(({ bytes, stream }, i) => ({ text: new Terminal().line(textOf(bytes)).text.trim(), stream, i }))
  const last = lines.findLast(({ text }) => levelOf(text) === 'error') ?? lines.findLast(({ text, stream }) => stream === 'stderr' && text !== '')
  if (!last) return null
  const line = log.firstLine + (await log.linesBefore(begin)) + last.i
  return { text: last.text.length > MOST_CHARACTERS ? `${last.text.slice(0, MOST_CHARACTERS)}…` : last.text, line }
}
