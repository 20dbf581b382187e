import { startedIn } from '../config/config.ts'
import type { Db, Ms, Window } from '../db/index.ts'
import { storageTrouble } from '../hub/troubles.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import type { Kinds } from '../log/kinds.ts'
import { head, type LoggedEvent, windowOf } from '../log/log.ts'
import type { Sentence } from '../log/sentence.ts'
import { type Queue, list as queueList } from '../queues/queues.ts'
import { type Hour, lastDay } from '../queues/throughput.ts'
import { lastLine } from '../tasks/context/last-line.ts'
import { output } from '../tasks/log/output.ts'
import { broken, type Failure } from '../tasks/overview/broken.ts'
import { running } from '../tasks/overview/overview.ts'
import { count, type Task, toTask } from '../tasks/tasks.ts'
import type { TaskState } from '../tasks/words.ts'
import type { WorkerState } from '../workers/words.ts'
import { count as countWorkers } from '../workers/workers.ts'

/** What waits for a person in one slice. */
export interface Need {
  total: number
  all: { title: string; href: string }
  /** Draws its lines; JSON has none. */
  lines(viewer: unknown): string
}

export interface Home extends Window<unknown> {
  trouble: string | null
  asking: number
  needs: readonly Need[]
  /** Equal failures are one. */
  broken: readonly Failure[]
  broken_count: number
  running: readonly (Task & { last_line: string })[]
  counts: Readonly<Record<TaskState, number>>
  /** Those in use. */
  queues: readonly Queue[]
  workers: Readonly<Record<WorkerState, number>>
  scheduled: readonly Task[]
  /** All queues, in the last 24 hours. */
  day: readonly Hour[]
  feed: readonly Sentence[]
  first_steps: FirstSteps | null
}

export interface FirstSteps {
  task: boolean
  worker: boolean
  event: boolean
  /** The worker that would run the first task, and the folder of its commands if that is known here. */
  runner: { id: string; folder: string | null } | null
}

const NEXT = 5
const FEED = 15
/** How many times more events to read than to show; repeats are dropped. */
const LOOKED_THROUGH = 6
const LOOKED_BACK = 5_000
const REMOVAL = 'task.deleted'
const NEWCOMER_TASKS = 20

export type Sentences = (event: LoggedEvent) => Sentence

/** `waiting` is what waits for a person, with its items. */
export async function home(
  db: Db,
  app: App,
  { sentence, waiting }: { sentence: Sentences; waiting: readonly (Need & { items: readonly unknown[] })[] },
): Promise<Home> {
  const now = app.clock.now()
  const { items: queues } = await queueList(db, now)
  const { failures, total } = await broken(db)
  return {
    trouble: storageTrouble(app),
    items: waiting.flatMap(({ items }) => items),
    next: null,
    asking: waiting.reduce((sum, { total }) => sum + total, 0),
    needs: waiting.map(({ total, all, lines }) => ({ total, all, lines })),
    broken: failures,
    broken_count: total,
    running: await withLastLine(app, await running(db)),
    counts: (await count(db)).counts,
    queues: queues.filter(isInUse),
    workers: await countWorkers(db),
    scheduled: await scheduled(db, now),
    day: await lastDay(db, now),
    feed: await feed(db, app.kinds, sentence),
    first_steps: await firstSteps(db),
  }
}

const withLastLine = (app: App, tasks: readonly Task[]) =>
  Promise.all(tasks.map(async (task) => ({ ...task, last_line: await lastLine(await output(app).log(task.id, task.attempt)) })))

export async function feed(db: Db, kinds: Kinds, sentence: Sentences): Promise<Sentence[]> {
  const events = [...(await newsQuery(db, await head(db)).execute()), ...(await newestRemoval(db))].sort((a, b) => b.seq - a.seq)
  const stops = new Set(events.filter(isStop).map(whose))
  const isRedundant = (event: LoggedEvent) => event.kind === 'worker.stopped' && stops.has(whose(event))
  const isNews = (event: LoggedEvent) => kinds.get(event.kind)?.isNews?.(JSON.parse(event.payload), event) !== false
  return events
    .filter((event) => isNews(event) && !isRedundant(event))
    .slice(0, FEED)
    .map(sentence)
}

/** The newest events, without those of retention: a sweep may remove many thousands at once. */
const newsQuery = (db: Db, head: number) =>
  db
    .selectFrom('events')
    .selectAll()
    .where('seq', '>', head - LOOKED_BACK)
    .where(({ not, and, eb }) => not(and([eb('kind', '=', REMOVAL), eb('actor', '=', TELLTALE.name)])))
    .orderBy('seq', 'desc')
    .limit(FEED * LOOKED_THROUGH)

async function newestRemoval(db: Db): Promise<LoggedEvent[]> {
  const newest = await windowOf(db, { kinds: [REMOVAL] }, { since: 0, before: Number.POSITIVE_INFINITY, order: 'desc', limit: 1 })
  return newest.filter(({ actor }) => actor === TELLTALE.name)
}

const isStop = ({ kind, payload }: LoggedEvent) => kind === 'worker.state_changed' && payload.includes('"state":"stopped"')
const whose = ({ source, subject }: LoggedEvent) => `${source} ${subject}`

async function scheduled(db: Db, now: Ms): Promise<Task[]> {
  return (await nextQuery(db, now).execute()).map(toTask)
}

export const nextQuery = (db: Db, now: Ms) =>
  db
    .selectFrom('tasks')
    .selectAll()
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .where('run_at', '>', now)
    .where('pipeline_id', 'is', null)
    .whereRef('run_at', '>', 'created_at')
    .orderBy('run_at')
    .limit(NEXT)

function isInUse({ queued, running, pause, throughput }: Queue): boolean {
  return (
    queued > 0 || running > 0 || pause !== null || throughput.buckets.some(({ created, succeeded, failed, other }) => created + succeeded + failed + other > 0)
  )
}

async function firstSteps(db: Db): Promise<FirstSteps | null> {
  const newest = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirstOrThrow()
  const worker = await db.selectFrom('workers').select('number').where('kind', '=', 'remote').limit(1).executeTakeFirst()
  const event = await db.selectFrom('events').select('seq').where('source_id', 'is not', null).limit(1).executeTakeFirst()
  const steps = { task: newest.number !== null, worker: worker !== undefined, event: event !== undefined }
  const knows = (newest.number ?? 0) > NEWCOMER_TASKS || Object.values(steps).every(Boolean)
  return knows ? null : { ...steps, runner: await runner(db) }
}

/** The workers of this server have the folder in which it was started. */
async function runner(db: Db): Promise<FirstSteps['runner']> {
  const first = await db.selectFrom('workers').select(['id', 'kind']).where('state', 'in', ['idle', 'busy']).orderBy('number').limit(1).executeTakeFirst()
  return first ? { id: first.id, folder: first.kind === 'local' ? startedIn : null } : null
}
