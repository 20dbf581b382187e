import { z } from 'zod'
import { line, workerId } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { because, type Tx } from '../log/mutate.ts'
import { keepFailureLines } from '../tasks/found/failure-lines.ts'
import { output } from '../tasks/log/output.ts'
import { Result } from '../tasks/result.ts'
import type { TaskRow } from '../tasks/tasks.ts'
import { cleared, lastScheduled, moveTo, setStatus } from '../tasks/transition.ts'
import { isBroken, type TaskState } from '../tasks/words.ts'
import { leases } from './lease.ts'

/** A task that keeps killing its workers, or never starts, is not retried for ever. */
const MOST_ORPHANED_RUNS = 3
const LONGEST_BACKOFF_S = 300
const ERROR_LENGTH = 8_000

export const Holder = z.object({ worker_id: workerId, fence: z.int() })

export const Finish = Holder.extend({
  exit_code: z.int().nullable(),
  /** The signal that killed the command or, if it was interrupted, stopped its worker. */
  signal: line(20).nullish(),
  error: z
    .string()
    .transform((text) => text.replaceAll('\0', '').toWellFormed().slice(0, ERROR_LENGTH))
    .nullish(),
  result: Result.optional(),
  cancelled: z.boolean().default(false),
  /** The worker ended it, not the command. Without an `error`, the worker itself was stopped. */
  interrupted: z.boolean().default(false),
  /** False if the command never started, even if the worker had reported it as running. */
  began: z.boolean().default(true),
}).strict()

interface Outcome {
  state: TaskState
  exit_code: number | null
  error: string | null
  result: string | null
  again: boolean
  began?: boolean
  free?: boolean
  interrupted?: true
  /** By which a search finds it, if it failed. */
  printed?: string
}

export async function reported(tx: Tx, row: TaskRow, body: z.infer<typeof Finish>): Promise<Outcome> {
  return body.interrupted ? interruption(tx, row, body) : outcomeOf(row, body)
}

export async function orphaned(tx: Tx, row: TaskRow, why: string): Promise<Outcome> {
  const state = row.cancel_requested_at !== null ? 'cancelled' : 'lost'
  return { state, ...(await blameless(tx, row, `${row.worker_id}: ${why}`, row.state === 'running')) }
}

export async function endAttempt(app: App, change: Tx, row: TaskRow, outcome: Outcome): Promise<TaskRow> {
  const { state, exit_code, error, result, again, began, free, interrupted, printed = '' } = outcome
  const { id, attempt } = row
  const wasCancelled = row.cancel_requested_at !== null
  const tx = because(change, wasCancelled ? await lastScheduled(change, id) : undefined)
  await tx.db
    .updateTable('attempts')
    .set({ finished_at: tx.now, outcome: state, exit_code, error, ...(began === false && { started_at: null }) })
    .where('task_id', '=', id)
    .where('attempt', '=', attempt)
    .execute()
  if (isBroken(state)) await keepFailureLines(tx, row, printed)
  const ended = { exit_code, error, result, finished_at: tx.now }
  let moved: TaskRow
  if (again && !wasCancelled) {
    const backoff_s = Math.min(LONGEST_BACKOFF_S, 2 ** attempt)
    moved = await moveTo(tx, row, 'queued', `attempt ${attempt} ${interrupted ? error : `${state}: ${error}`}; next try in ${backoff_s} s`, {
      ...ended,
      max_attempts: row.max_attempts + (free ? 1 : 0),
      worker_id: null,
      run_at: tx.now + backoff_s * 1000,
    })
  } else {
    moved = await moveTo(tx, row, state, reasonOf(row, state, exit_code, error), ended)
  }
  const over = tx.newest()
  if (row.status !== null) moved = await setStatus(tx, moved, 'completed')
  if (wasCancelled) await cleared(because(tx, over), row, { ok: state === 'cancelled' })
  await leases(app).end(tx, row)
  tx.after(
    () =>
      void output(app)
        .end(id, attempt)
        .catch((error) => app.log.error(`the readers of ${id} could not be told that it ended`, error)),
  )
  return moved
}

function outcomeOf(row: TaskRow, body: z.infer<typeof Finish>): Outcome {
  const { exit_code, result = null } = body
  if (body.cancelled && row.cancel_requested_at !== null) return { state: 'cancelled', exit_code, error: null, result, again: false }
  if (exit_code === 0 && !body.error) return { state: 'succeeded', exit_code, error: null, result, again: false }
  const error = (body.error ?? (body.signal ? `killed by ${body.signal}` : `exit code ${exit_code ?? 'unknown'}`)).slice(0, ERROR_LENGTH)
  return { state: 'failed', exit_code, error, result, again: row.attempt < row.max_attempts && row.cancel_requested_at === null, began: body.began }
}

async function interruption(tx: Tx, row: TaskRow, body: z.infer<typeof Finish>): Promise<Outcome> {
  const why = `interrupted: ${await whyInterrupted(tx, body)}`
  const state = row.cancel_requested_at !== null ? 'cancelled' : 'failed'
  return { state, ...(await blameless(tx, row, why, row.state === 'running' && body.began)), interrupted: true }
}

async function whyInterrupted(tx: Tx, { worker_id, error, signal }: z.infer<typeof Finish>): Promise<string> {
  if (error) return error
  const worker = await tx.db.selectFrom('workers').select(['state', 'reason']).where('id', '=', worker_id).executeTakeFirst()
  if (worker?.state === 'stopped') return `its worker was ${worker.reason}`
  return signal ? `its worker was stopped by ${signal}` : 'its worker was stopped'
}

/** Queues the task again if it is idempotent or has attempts left. An attempt that never started does not count, up to a limit. */
async function blameless(tx: Tx, row: TaskRow, why: string, began: boolean): Promise<Omit<Outcome, 'state'>> {
  const { idempotent, attempt, max_attempts } = row
  const free = !began && (await beganLately(tx, row))
  const again = free || attempt < (idempotent ? Math.max(max_attempts, MOST_ORPHANED_RUNS) : max_attempts)
  const error = (began ? why : `${why} before the task began`).slice(0, ERROR_LENGTH)
  return { exit_code: null, error, result: null, again, began, free }
}

async function beganLately(tx: Tx, { id, attempt }: TaskRow): Promise<boolean> {
  const before = await tx.db
    .selectFrom('attempts')
    .select('started_at')
    .where('task_id', '=', id)
    .where('attempt', '<', attempt)
    .where('attempt', '>', attempt - MOST_ORPHANED_RUNS)
    .execute()
  return before.length < MOST_ORPHANED_RUNS - 1 || before.some(({ started_at }) => started_at !== null)
}

function reasonOf(row: TaskRow, state: TaskState, exit_code: number | null, error: string | null): string {
  if (state === 'cancelled') return `cancelled by ${row.cancel_requested_by ?? 'its worker'}`
  if (state === 'succeeded') return `exit code ${exit_code}`
  return error ?? state
}
