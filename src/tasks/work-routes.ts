import type { Context } from 'hono'
import { z } from 'zod'
import { parseBody } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { callerOf, cursorAt, item, mustBeAllowed } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import { type Caller, WORK_IDEMPOTENCY_MS } from '../live/mutate.ts'
import { conflict } from '../live/problem.ts'
import { workerId } from '../live/texts.ts'
import { mustBeOwn, mustServe } from '../workers/lifecycle.ts'
import { Claim, claim } from './claim.ts'
import { Finish } from './ending.ts'
import { Beat, beat, finish, Run, run } from './leases.ts'
import { output } from './output.ts'
import { row } from './tasks.ts'

const Chunk = z.strictObject({
  worker_id: workerId,
  fence: z.int(),
  attempt: z.int().optional(),
  offset: z.int().min(0),
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  data: z.base64(),
})

/** The worker protocol: every write names its worker and fence, and a stale one answers 409. */
export function mountWork(router: Router, app: App) {
  router.post('/api/tasks/claim', async (c) => {
    const [caller, wanted] = await asWorker(c, app, Claim)
    mustServe(caller, wanted.queues)
    const claimed = await claim(app, caller, wanted, c.req.raw.signal)
    if (!claimed) return c.body(null, 204)
    return c.json(claimed.value, 200, { 'X-Live-Seq': cursorAt(app, claimed.seq) })
  })
  router.post('/api/tasks/:id/run', async (c) => {
    const [caller, holder] = await asWorker(c, app, Run)
    return item(app, c, await run(app, caller, idOf(c), holder))
  })
  router.post('/api/tasks/:id/heartbeat', async (c) => {
    const [caller, body] = await asWorker(c, app, Beat)
    return c.json(await beat(app, caller, idOf(c), body, c.req.raw.signal))
  })
  router.post('/api/tasks/:id/log', async (c) => {
    const [, chunk] = await asWorker(c, app, Chunk)
    return c.json({ offset: await append(app, idOf(c), chunk) })
  })
  router.post('/api/tasks/:id/finish', async (c) => {
    const [caller, body] = await asWorker(c, app, Finish)
    return item(app, c, await finish(app, caller, idOf(c), body))
  })
}

/** Keeps what the attempt printed; returns the log's size. Throws conflict for a stale fence, and invalid as `Output.append` does. */
async function append(app: App, id: string, { worker_id, fence, offset, stream, data }: z.infer<typeof Chunk>): Promise<number> {
  const bytes = Buffer.from(data, 'base64')
  const task = await row(app.db, id)
  const holds = task.fence === fence && task.worker_id === worker_id && (task.state === 'claimed' || task.state === 'running')
  if (!holds) throw conflict(`${worker_id} does not hold ${id} under fence ${fence} any more: it is ${task.state}.`, { state: task.state })
  return output(app).append(id, task.attempt, { offset, stream, bytes })
}

async function asWorker<T extends { worker_id: string }>(c: Context<Env>, app: App, schema: z.ZodType<T>): Promise<[Caller, T]> {
  mustBeAllowed(c, 'tasks.work')
  const body = await parseBody(c, schema)
  const caller = await callerOf(c)
  await mustBeOwn(app, caller, body.worker_id)
  const idempotency = caller.idempotency && { ...caller.idempotency, keptMs: WORK_IDEMPOTENCY_MS }
  return [{ ...caller, actor: { ...caller.actor, name: `worker:${body.worker_id}` }, idempotency }, body]
}

const idOf = (c: Context) => c.req.param('id') ?? ''
