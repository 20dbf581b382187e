import type { Db, Ms } from '../db/index.ts'
import type { Problem } from '../input/problem.ts'
import type { Action } from '../log/actor.ts'
import { matching, TaskFilter } from '../tasks/search/filter.ts'
import { count, type Task, toTask } from '../tasks/tasks.ts'
import { isHeld, isOpen, typedTerm } from '../tasks/words.ts'
import { isAlive } from '../workers/words.ts'
import { toWorker, type Worker } from '../workers/workers.ts'

export interface Choice {
  title: string
  more?: string
  icon:
    | 'page'
    | 'view'
    | 'worker'
    | 'queue'
    | 'search'
    | 'plus'
    | 'undo'
    | 'cancelled'
    | 'retrying'
    | 'trash'
    | 'draining'
    | 'stop'
    | 'theme'
    | 'keyboard'
    | 'pause'
  href?: string
  post?: string
  panel?: string
  hasGrace?: boolean
  press?: string
  key?: string
  task?: Task
}

export interface Section {
  name: 'do' | 'go' | 'tasks' | 'workers' | 'queues'
  choices: readonly Choice[]
  total: number
  capped: boolean
}

export interface Found {
  q: string
  sections: readonly Section[]
}

export interface Place {
  name: string
  title: string
  href: string
  isView?: boolean
}

interface FindOptions {
  at: string
  now: Ms
  zone: string
  may(action: Action): boolean
  places: readonly Place[]
}

const MOST = 8
const COUNTED = 100
/** Shorter texts match nearly everything, and no index finds them. */
const SHORTEST_TEXT = 3
const GO_KEYS: Record<string, string> = { home: 'g h', tasks: 'g t', workers: 'g w', queues: 'g q', events: 'g e', settings: 'g s' }

/** Matches of `q` in sections of at most MOST each; without text, the page's commands and the places to go. */
export async function find(db: Db, q: string, options: FindOptions): Promise<Found> {
  const doing = section('do', fitting([...(await aboutPage(db, options)), ...commands(options)], q))
  const going = section('go', fitting(options.places.map(toPlace), q))
  if (q === '') return { q, sections: [doing, going].filter(isSome) }
  const [workers, queues] = [await findWorkers(db, q), await findQueues(db, q, options)]
  return { q, sections: [await byId(db, q), going, doing, await findTasks(db, q, options), workers, queues].filter(isSome) }
}

const isSome = (section: Section | undefined): section is Section => section !== undefined && section.total > 0

function section(name: Section['name'], choices: readonly Choice[], capped = false): Section {
  return { name, choices: choices.slice(0, MOST), total: choices.length, capped }
}

function fitting(choices: readonly Choice[], q: string): Choice[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const text = ({ title, more = '' }: Choice) => `${title} ${more}`.toLowerCase()
  const found = choices.filter((choice) => words.every((word) => text(choice).includes(word)))
  const begins = (choice: Choice) => Number(text(choice).startsWith(words[0] ?? ''))
  return found.sort((a, b) => begins(b) - begins(a))
}

function toPlace({ name, title, href, isView }: Place): Choice {
  const key = isView ? undefined : GO_KEYS[name]
  return { title, icon: isView ? 'view' : 'page', href, ...(isView && { more: 'saved view' }), ...(key && { key }) }
}

function commands({ at, may }: FindOptions): Choice[] {
  const isList = at === '/tasks'
  const create: Choice = { title: 'New task', icon: 'plus', key: 'c', ...(isList ? { press: 'c' } : { href: '/tasks#task-form' }) }
  return [
    ...(may('tasks.create') ? [create] : []),
    { title: 'Pause or resume live updates', more: 'pause live', icon: 'pause', press: 'p', key: 'p' },
    { title: 'Toggle dark mode', more: 'theme', icon: 'theme', press: 't', key: 't' },
    { title: 'Keys', more: 'shortcuts, help', icon: 'keyboard', press: '?', key: '?' },
  ]
}

async function aboutPage(db: Db, { at, may }: FindOptions): Promise<Choice[]> {
  const [, noun, id = ''] = at.split('/')
  if (noun === 'tasks' && may('tasks.operate')) {
    const task = await taskById(db, id)
    return task ? taskVerbs(task) : []
  }
  if (noun === 'workers' && may('workers.operate')) {
    const row = await db.selectFrom('workers').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
    return row ? workerVerbs(toWorker(row)) : []
  }
  return []
}

function taskVerbs({ id, state, act, cancel_requested_at }: Task): Choice[] {
  const verb = (title: string, name: string, icon: Choice['icon'], more: Partial<Choice> = {}): Choice => {
    return { title: `${title} this task`, more: id, icon, post: `/api/tasks/${id}/${name}`, panel: `task-${id}`, ...more }
  }
  if (act !== null) return [verb(`Undo: do not ${act}`, 'undo', 'undo')]
  return [
    ...(isOpen(state) ? [] : [verb('Retry', 'retry', 'retrying', { key: 'r' })]),
    ...(isOpen(state) && cancel_requested_at === null ? [verb('Cancel', 'cancel', 'cancelled', { hasGrace: true })] : []),
    ...(isHeld(state) ? [] : [verb('Delete', 'delete', 'trash', { hasGrace: true })]),
  ]
}

function workerVerbs({ id, name, state }: Worker): Choice[] {
  if (!isAlive(state)) return []
  const verb = (title: string, route: string, icon: Choice['icon']): Choice => {
    return { title: `${title} this worker`, more: `${name} ${id}`, icon, post: `/api/workers/${id}/${route}`, panel: `worker-${id}` }
  }
  return [...(state === 'draining' ? [] : [verb('Drain', 'drain', 'draining')]), verb('Stop', 'stop', 'stop')]
}

async function byId(db: Db, q: string): Promise<Section | undefined> {
  const number = /^(?:t_|#)?(\d{1,15})$/i.exec(q)?.[1]
  const task = number === undefined ? undefined : await taskById(db, `t_${Number(number)}`)
  return task && section('tasks', [toChoice(task)])
}

async function taskById(db: Db, id: string): Promise<Task | undefined> {
  const row = await db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  return row && toTask(row)
}

/** Searches like the task list; text that is not valid as a search is searched for literally. */
async function findTasks(db: Db, q: string, { now, zone }: FindOptions): Promise<Section | undefined> {
  const filter = readable(q, zone)
  if (filter.terms.some(({ name, value }) => name === 'text' && value.length < SHORTEST_TEXT)) return undefined
  const newest = matching(db, filter, now).orderBy('number', 'desc')
  const numbers = await newest
    .select('number')
    .limit(COUNTED + 1)
    .execute()
  const tasks = (await newest.selectAll().limit(MOST).execute()).map(toTask).map(toChoice)
  if (tasks.length === 0) return undefined
  const all: Choice = { title: 'Show all that match', more: q, icon: 'search', href: `/tasks?q=${encodeURIComponent(filter.q ?? q)}` }
  const isMore = numbers.length > MOST
  return {
    name: 'tasks',
    choices: isMore ? [...tasks.slice(0, MOST - 1), all] : tasks,
    total: Math.min(numbers.length, COUNTED),
    capped: numbers.length > COUNTED,
  }
}

function readable(q: string, zone: string): TaskFilter {
  const parsed = TaskFilter.safeParse({ q, zone })
  const problem: Problem | undefined = parsed.data?.problem
  return parsed.data && !problem ? parsed.data : TaskFilter.parse({ q: typedTerm('text', q) })
}

const toChoice = (task: Task): Choice => ({ title: task.title, more: task.id, icon: 'page', href: `/tasks/${task.id}`, task })

async function findWorkers(db: Db, q: string): Promise<Section> {
  const rows = await db
    .selectFrom('workers')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('id', '=', q.toLowerCase()), eb(eb.fn<string>('lower', ['name']), 'like', `%${q.toLowerCase().replace(/[\\%_]/g, '')}%`)]))
    .orderBy('number', 'desc')
    .limit(COUNTED + 1)
    .execute()
  const found = rows.map(toWorker).map(({ id, name, state }): Choice => ({ title: name, more: `${id}, ${state}`, icon: 'worker', href: `/workers/${id}` }))
  return { ...section('workers', found.slice(0, COUNTED)), capped: found.length > COUNTED }
}

async function findQueues(db: Db, q: string, { places }: FindOptions): Promise<Section> {
  const hasPage = places.some(({ name }) => name === 'queues')
  const href = (queue: string) => (hasPage ? `/queues/${encodeURIComponent(queue)}` : `/tasks?q=${encodeURIComponent(typedTerm('queue', queue))}`)
  const names = (await count(db)).queues
  const found = names.filter((name) => name.toLowerCase().includes(q.toLowerCase()))
  return section(
    'queues',
    found.map((name) => ({ title: name, icon: 'queue', href: href(name) })),
  )
}
