import { Problem } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import { output } from '../tasks/log/output.ts'
import type { ProcessStatus, TaskRow } from '../tasks/tasks.ts'
import { heldBy, setStatus } from '../tasks/transition.ts'

const NEWLINE = 0x0a

/**
 * A task that is silent for `idle-seconds` after an unfinished line waits for input, until it prints again. Of a task that takes
 * input, its worker says so itself. Returns how many changed.
 */
export async function reconcile(app: App): Promise<number> {
  const running = await app.db
    .selectFrom('tasks')
    .selectAll()
    .where('state', '=', 'running')
    .where('stdin', '=', 'none')
    .where('step_count', 'is', null)
    .where('deleted_at', 'is', null)
    .execute()
  let changed = 0
  for (const row of running) {
    const status = await statusOf(app, row)
    if (status === row.status) continue
    const isChanged = await app
      .mutate({ actor: TELLTALE }, async (tx) => setStatus(tx, await heldBy(tx, row.id, { worker_id: row.worker_id ?? '', fence: row.fence }), status))
      .then(() => true, unlessOver)
    if (isChanged) changed++
  }
  return changed
}

function unlessOver(error: unknown): false {
  if (error instanceof Problem && (error.code === 'conflict' || error.code === 'not_found')) return false
  throw error
}

/** A status reported by the worker holds until the task prints again. */
async function statusOf(app: App, { id, attempt, status }: TaskRow): Promise<ProcessStatus> {
  const log = await output(app).log(id, attempt)
  const silent = app.clock.now() - log.grewAt >= app.config['idle-seconds'] * 1000
  if (!silent) return 'running'
  if (status === 'waiting-for-input') return status
  const [last] = await log.read(log.size - 1, 1)
  return last !== undefined && last.bytes[0] !== NEWLINE ? 'waiting-for-input' : 'running'
}
