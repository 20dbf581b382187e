import type { App } from '../../live/app.ts'
import { frame } from '../../live/frame.ts'
import type { Stream as Reader } from '../../live/stream.ts'
import { isOpen, type TaskState } from '../words.ts'
import { output } from './output.ts'

const CHUNK_BYTES = 65_536
const KEEPALIVE_MS = 15_000
export const DONE = 'done'

interface Place {
  id: string
  attempt: number
  from: number
}

/** The `id` of a `log` frame is the offset after it, so readers resume exactly. Writes only when the socket has room. */
export function follow(app: App, stream: Reader, place: Place) {
  const pump = pumping(app, stream, place)
  stream.onClose(output(app).onGrowth(place.id, place.attempt, pump))
  // A waiting task may be cancelled before it prints anything.
  stream.onClose(app.hub.listen((written) => written.some(({ subject }) => subject === `task:${place.id}`) && pump()))
  stream.onDrain(pump)
  stream.every(KEEPALIVE_MS, () => stream.comment())
  pump()
}

function pumping(app: App, stream: Reader, { id, attempt, from }: Place): () => void {
  let at = from
  let isPumping = false
  let again = false
  const pump = async () => {
    const log = await output(app).log(id, attempt)
    while (!stream.blocked && stream.isOpen && log.size > at) {
      const runs = await log.read(at, CHUNK_BYTES)
      // Someone truncated or removed the files.
      if (runs.length === 0) at = log.size
      for (const { offset, stream: of, bytes } of runs) {
        at = offset + bytes.length
        stream.write(frame({ event: 'log', id: String(at), data: { offset, stream: of, data: bytes.toString('base64') } }))
      }
    }
    if (stream.isOpen && log.size <= at) await endIfOver()
  }
  const endIfOver = async () => {
    const over = await outcomeOf(app, id, attempt)
    if (over && (await output(app).log(id, attempt)).size <= at) stream.finish(frame({ event: 'done', id: DONE, data: over }))
  }
  /** One at a time, and once more if something came meanwhile. */
  return async () => {
    again = true
    if (isPumping) return
    isPumping = true
    while (again) {
      again = false
      await pump().catch((error) => app.log.error(`the output of ${id} could not be followed`, error))
    }
    isPumping = false
  }
}

async function outcomeOf(app: App, id: string, attempt: number) {
  const ended = await app.db
    .selectFrom('attempts')
    .select('exit_code')
    .where('task_id', '=', id)
    .where('attempt', '=', attempt)
    .where('finished_at', 'is not', null)
    .executeTakeFirst()
  const task = await app.db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  // A pipeline has no attempts: it prints nothing, and is over when its steps are.
  if (task && task.step_count !== null && isOpen(task.state as TaskState)) return undefined
  // A task that is cancelled while it waits never starts this attempt.
  if (task && !ended && task.step_count === null && (task.attempt >= attempt || task.state === 'queued')) return undefined
  return { exit_code: ended?.exit_code ?? null, state: task?.state ?? 'deleted', error: task?.error ?? null }
}
