import { z } from 'zod'
import { valuesOf } from '../access/kept-secrets.ts'
import { json, one } from '../http/answer.ts'
import { callerOf, cursorAt, item } from '../http/respond.ts'
import { type Call, type Route, route } from '../http/route.ts'
import { conflict } from '../input/problem.ts'
import { workerId } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { type Caller, WORK_IDEMPOTENCY_MS } from '../log/mutate.ts'
import { output } from '../tasks/log/output.ts'
import { row } from '../tasks/tasks.ts'
import { heldBy } from '../tasks/transition.ts'
import { mustBeOwn, mustServe } from '../workers/lifecycle.ts'
import { Claim, claim } from './claim.ts'
import { Finish, Holder } from './ending.ts'
import { Beat, beat, finish, Run, run } from './leases.ts'
import { contacts } from './presence.ts'

const Chunk = z.strictObject({
  worker_id: workerId,
  fence: z.int(),
  attempt: z.int().optional(),
  offset: z.int().min(0),
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  data: z.base64(),
})

const Lease = z.looseObject({ item: z.looseObject({ id: z.string() }), fence: z.int(), lease_ttl_ms: z.int() })

const HOLDER = { worker_id: 'w_1', fence: 1 }
const EXAMPLE = { params: { id: 't_1' }, body: HOLDER }

/** The worker protocol: every write names its worker and fence, and a stale one answers 409. */
export const workRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/tasks/claim',
    summary: 'Claim the next task',
    may: 'tasks.work',
    body: Claim,
    answer: json(Lease, { says: 'The task and its fence; 204 when there is none within wait_s' }),
    example: { body: { worker_id: 'w_1', queues: ['default'] } },
    async run({ app, c, body }) {
      const caller = await asWorker({ app, c, body })
      mustServe(caller, body.queues)
      const claimed = await claim(app, caller, body, c.req.raw.signal)
      if (!claimed) return c.body(null, 204)
      return c.json(claimed.value, 200, { 'X-Live-Seq': cursorAt(app, claimed.seq) })
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/run',
    summary: 'Report that a claimed task has started',
    may: 'tasks.work',
    body: Run,
    answer: one('The task'),
    example: EXAMPLE,
    run: async (call) => item(call.app, call.c, await run(call.app, await asWorker(call), call.params.id, call.body)),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/secrets',
    summary: 'Read the secrets that a claimed task’s environment refers to',
    may: 'tasks.work',
    body: Holder.strict(),
    answer: json(z.object({ values: z.record(z.string(), z.string()) }), { says: 'The value of each variable that refers to one' }),
    example: EXAMPLE,
    async run(call) {
      await asWorker(call)
      const { env } = await heldBy(call.app, call.params.id, call.body)
      return call.c.json({ values: await valuesOf(call.app, JSON.parse(env)) }, 200, { 'Cache-Control': 'no-store' })
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/heartbeat',
    summary: 'Renew the lease of a task',
    may: 'tasks.work',
    body: Beat,
    answer: json(z.looseObject({}), { says: 'Whether to go on' }),
    example: EXAMPLE,
    run: async (call) => call.c.json(await beat(call.app, await asWorker(call), call.params.id, call.body, call.c.req.raw.signal)),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/log',
    summary: 'Append output of a task',
    may: 'tasks.work',
    body: Chunk,
    answer: json(z.object({ offset: z.int() }), { says: 'The size of the log' }),
    example: { ...EXAMPLE, body: { ...HOLDER, offset: 0, data: 'b2sK' } },
    async run(call) {
      await asWorker(call)
      return call.c.json({ offset: await append(call.app, call.params.id, call.body) })
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/finish',
    summary: 'Report how a task ended',
    may: 'tasks.work',
    body: Finish,
    answer: one('The task'),
    example: { ...EXAMPLE, body: { ...HOLDER, exit_code: 0 } },
    run: async (call) => item(call.app, call.c, await finish(call.app, await asWorker(call), call.params.id, call.body)),
  }),
]

/** Stores output and returns the log's size. Throws conflict for a stale fence, and invalid as `Output.append` does. */
async function append(app: App, id: string, { worker_id, fence, offset, stream, data }: z.infer<typeof Chunk>): Promise<number> {
  const bytes = Buffer.from(data, 'base64')
  const task = await row(app.db, id)
  const holds = task.fence === fence && task.worker_id === worker_id && (task.state === 'claimed' || task.state === 'running')
  if (!holds) throw conflict(`${worker_id} does not hold ${id} under fence ${fence} any more: it is ${task.state}.`, { state: task.state })
  return output(app).append(id, task.attempt, { offset, stream, bytes })
}

export async function asWorker({ app, c, body: { worker_id } }: Pick<Call<never, undefined, { worker_id: string }>, 'app' | 'c' | 'body'>): Promise<Caller> {
  const caller = await callerOf(c)
  await mustBeOwn(app, caller, worker_id)
  contacts(app).note(worker_id)
  const idempotency = caller.idempotency && { ...caller.idempotency, keptMs: WORK_IDEMPOTENCY_MS }
  return { ...caller, actor: { ...caller.actor, name: `worker:${worker_id}` }, idempotency }
}
