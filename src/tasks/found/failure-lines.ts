import { type Db, INDEXED_FROM } from '../../db/index.ts'
import type { App } from '../../live/app.ts'
import type { Tx } from '../../log/mutate.ts'
import { END_BYTES } from '../context/headline.ts'
import { lastLines } from '../context/last-line.ts'
import { levelOf } from '../log/level.ts'
import { output } from '../log/output.ts'
import type { TaskFilter } from '../search/filter.ts'
import type { Task, TaskRow } from '../tasks.ts'
import { excerpt } from './excerpt.ts'

/** Of each kind: the last errors, and the last lines of all. */
const MOST_LINES = 20
const MOST_CHARACTERS = 500

/** The lines by which a search will find a task whose attempt fails now. The worker has masked them, like all output. */
export async function failureLines(app: App, id: string): Promise<string> {
  try {
    const task = await app.db.selectFrom('tasks').select('attempt').where('id', '=', id).executeTakeFirst()
    if (!task) return ''
    const lines = (await lastLines(await output(app).log(id, task.attempt), END_BYTES)).lines.filter(({ text }) => text !== '')
    const errors = lines.filter(({ text }) => levelOf(text) === 'error').slice(-MOST_LINES)
    const kept = new Set([...errors, ...lines.slice(-MOST_LINES)])
    const text = lines.filter((line) => kept.has(line)).map(({ text }) => text.slice(0, MOST_CHARACTERS))
    return text.join('\n').replaceAll('\0', '').toWellFormed()
  } catch (error) {
    // An end that was not stored would be worse.
    app.log.error(`the output of ${id} could not be read, so a search will not find it`, error)
    return ''
  }
}

/** Replaces those of an earlier attempt. */
export async function keepFailureLines({ db }: Tx, { number, attempt }: TaskRow, lines: string) {
  await db.deleteFrom('failure_lines').where('number', '=', number).execute()
  if (lines) await db.insertInto('failure_lines').values({ number, attempt, lines }).execute()
}

/** The same tasks, each with the line of its output that was found, unless the text is in something else of it as well. */
export async function withFoundLines(db: Db, tasks: readonly Task[], { terms, searched }: TaskFilter): Promise<Task[]> {
  if (searched) return tasks.map((task) => ({ ...task, found: searched.lines.get(task.id) }))
  const texts = terms.filter(({ name, value, isExcluded }) => name === 'text' && !isExcluded && [...value].length >= INDEXED_FROM)
  if (texts.length === 0 || tasks.length === 0) return [...tasks]
  const ids = tasks.map(({ id }) => id)
  const rows = await db
    .selectFrom('failure_lines')
    .innerJoin('tasks', 'tasks.number', 'failure_lines.number')
    .select(['tasks.id', 'failure_lines.attempt', 'lines'])
    .where('tasks.id', 'in', ids)
    .execute()
  const printed = new Map(rows.map((row) => [row.id, row]))
  return tasks.map((task) => {
    const { attempt, lines } = printed.get(task.id) ?? {}
    if (attempt === undefined || lines === undefined) return task
    const missing = texts.map(({ value }) => value.toLowerCase()).filter((text) => !wordsOf(task).includes(text))
    const found = lines.split('\n').flatMap((line) => missing.flatMap((wanted) => excerpt(line, wanted) ?? []))
    return found[0] === undefined ? task : { ...task, found: { attempt, text: found[0] } }
  })
}

const wordsOf = ({ title, description, command, error }: Task) => [title, description, command, error ?? ''].join('\n').toLowerCase()
