import type { z } from 'zod'
import { QueueLimits } from '../../config/queue-limits.ts'
import { one } from '../../http/answer.ts'
import { callerOf, done } from '../../http/respond.ts'
import { type Route, route } from '../../http/route.ts'
import { check } from '../../input/check.ts'
import { queueName } from '../../input/texts.ts'
import type { App } from '../../live/app.ts'
import type { Caller, Mutation } from '../../log/mutate.ts'
import { limit, Pause, pause, resume } from '../../steering/change.ts'
import type { SteeredQueue } from '../../steering/steering.ts'

const EXAMPLE = { params: { name: 'mail' } }

export const steeringRoutes: readonly Route[] = [
  steering('pause', 'Pause a queue: running tasks finish, new ones wait', pause, Pause, { reason: 'SMTP provider is down', until: '30m' }),
  steering('resume', 'Resume a paused queue', resume),
  steering('limits', 'Set the limits of a queue; what is left out has no limit', limit, QueueLimits, { concurrency: 4, rate: '60/min' }),
]

type Command<Body> = (app: App, caller: Caller, queue: string, body: Body) => Promise<Mutation<SteeredQueue>>

function steering<Body = undefined>(verb: string, summary: string, command: Command<Body>, body?: z.ZodType<Body>, example?: Record<string, unknown>): Route {
  return route({
    method: 'POST',
    path: `/api/queues/:name/${verb}` as '/api/queues/:name/verb',
    summary,
    may: 'queues.operate',
    ...(body && { body }),
    answer: one('The queue'),
    example: { ...EXAMPLE, ...(example && { body: example }) },
    async run({ app, c, params: { name }, body }) {
      const queue = check(queueName, name)
      return done(app, c, await command(app, await callerOf(c), queue, body as Body), { location: '/queues' })
    },
  })
}
