import { z } from 'zod'
import { json, one } from '../http/answer.ts'
import { callerOf, done } from '../http/respond.ts'
import { type Route, route } from '../http/route.ts'
import { Feed, feed, Input, send } from './input.ts'
import { asWorker } from './work-routes.ts'

const Item = z.object({ id: z.string(), data: z.base64(), secret: z.boolean() })
const Items = z.looseObject({ items: z.array(Item) })

export const inputRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/tasks/:id/input',
    summary: 'Answer a running task that waits for input, or press a key',
    may: 'tasks.operate',
    body: Input,
    answer: one('The task, once its worker has passed it on'),
    example: { params: { id: 't_1' }, body: { text: 'yes' } },
    async run({ app, c, params: { id }, body }) {
      return done(app, c, await send(app, await callerOf(c), id, body), { location: `/tasks/${id}` })
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/stdin',
    summary: 'Wait for input of a task that one’s worker runs',
    may: 'tasks.work',
    body: Feed,
    answer: json(Items, { says: 'What to pass on, oldest first, and a new size of the terminal' }),
    example: { params: { id: 't_1' }, body: { worker_id: 'w_1', fence: 1 } },
    async run(call) {
      await asWorker(call)
      return call.c.json(await feed(call.app, call.params.id, call.body, call.c.req.raw.signal), 200, { 'Cache-Control': 'no-store' })
    },
  }),
]
