import type { Choice } from '../../../views/palette/choice.tsx'
import { statusOf } from '../../../views/tasks/status.ts'
import type { IconName } from '../../../views/ui/icon.tsx'
import type { Db, Ms } from '../../db/index.ts'
import { COUNTED, MOST } from '../../http/palette/palette.ts'
import type { Find, Opened } from '../../http/slice.ts'
import { matching, searchesLogs, TaskFilter } from '../search/filter.ts'
import { type Task, toTask } from '../tasks.ts'
import { isHeld, isOpen, typedTerm } from '../words.ts'

/** Shorter texts match nearly everything, and no index finds them. */
const SHORTEST_TEXT = 3
const NOTHING = { choices: [], total: 0, capped: false }

/** Tasks in the palette. */
export const find: Find = {
  commands({ viewer }) {
    if (!viewer.may('tasks.create')) return []
    return [{ title: 'New task', icon: 'plus', key: 'c', href: '/tasks/new', opens: 'sheet' }]
  },

  async about(db, id, { viewer }) {
    const task = viewer.may('tasks.operate') ? await taskById(db, id) : undefined
    return task ? verbs(task) : []
  },

  async byId(db, q, { viewer }) {
    const number = /^(?:t_|#)?(\d{1,15})$/i.exec(q)?.[1]
    const task = number === undefined ? undefined : await taskById(db, `t_${Number(number)}`)
    return task && toChoice(task, viewer.now)
  },

  things: search,
}

/** Searches like the task list; text that is not valid as a search is searched for literally. */
async function search(db: Db, q: string, { viewer: { now, zone } }: Opened) {
  const filter = readable(q, zone)
  const all: Choice = { title: 'Show all that match', more: q, icon: 'search', href: `/tasks?q=${encodeURIComponent(filter.q ?? q)}` }
  if (searchesLogs(filter)) return { choices: [{ ...all, title: 'Search logs' }], total: 1, capped: false }
  if (filter.terms.some(({ name, value }) => name === 'text' && value.length < SHORTEST_TEXT)) return NOTHING
  const newest = matching(db, filter, now).orderBy('number', 'desc')
  const numbers = await newest
    .select('number')
    .limit(COUNTED + 1)
    .execute()
  const rows = await newest.selectAll().limit(MOST).execute()
  const tasks = rows.map((row) => toChoice(toTask(row), now))
  return {
    choices: numbers.length > MOST ? [...tasks.slice(0, MOST - 1), all] : tasks,
    total: Math.min(numbers.length, COUNTED),
    capped: numbers.length > COUNTED,
  }
}

function readable(q: string, zone: string): TaskFilter {
  const parsed = TaskFilter.safeParse({ q, zone })
  return parsed.data && !parsed.data.problem ? parsed.data : TaskFilter.parse({ q: typedTerm('text', q) })
}

function toChoice(task: Task, now: Ms): Choice {
  const { icon, tone, word } = statusOf(task, now)
  return { title: task.title, more: `${word}, ${task.id}`, icon, tone, href: `/tasks/${task.id}` }
}

function verbs({ id, state, act, cancel_requested_at, step }: Task): Choice[] {
  const verb = (title: string, name: string, icon: IconName, more: Partial<Choice> = {}): Choice => {
    return { title: `${title} this task`, more: id, icon, post: `/api/tasks/${id}/${name}`, panel: `task-${id}`, ...more }
  }
  if (act !== null) return [verb(`Undo: do not ${act}`, 'undo', 'undo')]
  return [
    ...(isOpen(state) ? [] : [verb('Retry', 'retry', 'retrying', { key: 'r' })]),
    ...(isOpen(state) && cancel_requested_at === null ? [verb('Cancel', 'cancel', 'cancelled', { hasGrace: true })] : []),
    ...(isHeld(state) || step !== null ? [] : [verb('Delete', 'delete', 'trash', { hasGrace: true })]),
  ]
}

async function taskById(db: Db, id: string): Promise<Task | undefined> {
  const row = await db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  return row && toTask(row)
}
