import { sql } from 'kysely'
import { BROKEN, type Db } from '../../db/index.ts'
import { withLastError } from '../found/last-error.ts'
import { type Task, toTask } from '../tasks.ts'

/** So many failures are grouped; beyond, a group counts only these. */
const READ = 200

/** Failures of one title with the same words, shown as the newest of them. */
export interface Failure extends Task {
  /** All of them, newest first. */
  ids: readonly string[]
  /** When the first of them ended. */
  since: string
}

/** What failed or was lost and nobody acknowledged: by end, newest first. */
export async function broken(db: Db): Promise<{ failures: Failure[]; total: number }> {
  const rows = [...(await brokenQuery(db, 'failed').execute()), ...(await brokenQuery(db, 'lost').execute())]
  const byEnd = rows.sort((a, b) => (b.finished_at ?? 0) - (a.finished_at ?? 0) || b.number - a.number)
  const tasks = await withLastError(db, byEnd.slice(0, READ).map(toTask))
  const failures = [...Map.groupBy(tasks, likeness).values()].map(asOne)
  return { failures, total: await count(db) }
}

export const brokenQuery = (db: Db, state: 'failed' | 'lost') =>
  db
    .selectFrom('tasks')
    .selectAll()
    .where('state', '=', sql.lit(state))
    .where(BROKEN)
    .where('deleted_at', 'is', null)
    .orderBy('finished_at', 'desc')
    .orderBy('number', 'desc')
    .limit(READ)

/** Times, ids and counts differ from one failure to the next. */
const likeness = ({ title, last_error, error, reason }: Task) => JSON.stringify([title, (last_error ?? firstLine(error ?? reason)).replace(/\d+/g, '0')])

function asOne(same: Task[]): Failure {
  const [newest, first] = [same[0] as Task, same.at(-1) as Task]
  return { ...newest, ids: same.map(({ id }) => id), since: first.finished_at ?? first.created_at }
}

async function count(db: Db): Promise<number> {
  const { value } = await db
    .selectFrom('counters')
    .select(({ fn }) => fn.sum<number | null>('value').as('value'))
    .where('noun', '=', 'broken')
    .where('state', '=', 'tasks')
    .executeTakeFirstOrThrow()
  return value ?? 0
}

const firstLine = (text: string) => text.split('\n', 1)[0] as string
