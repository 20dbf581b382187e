import { z } from 'zod'
import * as secrets from '../access/kept-secrets.ts'
import { json } from '../http/answer.ts'
import { cursorAt, isPlainForm } from '../http/respond.ts'
import { type Call, type Route, route } from '../http/route.ts'
import type { Mutation } from '../log/mutate.ts'

const PAGE = '/settings/access'
const One = z.object({ item: z.looseObject({ name: z.string() }) })

/** Values go in and never come out: a worker reads those of a task that it holds (`leases/work-routes.ts`). */
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/secrets',
    summary: 'List the secrets',
    may: 'secrets.manage',
    answer: json(z.object({ items: z.array(z.looseObject({ name: z.string() })), next: z.null() }), { says: 'The secrets’ names, without their values' }),
    run: async ({ app, c }) => c.json({ items: await secrets.list(app), next: null }),
  }),
  route({
    method: 'POST',
    path: '/api/secrets',
    summary: 'Set a secret',
    may: 'secrets.manage',
    body: secrets.NewSecret,
    answer: json(One, { says: 'The secret’s name' }),
    example: { body: { name: 'DEPLOY_KEY', value: 'correct horse' } },
    run: async (call) => answered(call, await secrets.keep(call.app, { actor: call.c.get('actor') }, call.body)),
  }),
  route({
    method: 'POST',
    path: '/api/secrets/:name/remove',
    summary: 'Remove a secret',
    may: 'secrets.manage',
    answer: json(One, { says: 'The secret’s name' }),
    example: { params: { name: 'OLD_KEY' } },
    run: async (call) => answered(call, await secrets.remove(call.app, { actor: call.c.get('actor') }, call.params.name)),
  }),
]

const answered = ({ app, c }: Pick<Call, 'app' | 'c'>, { value, seq }: Mutation<{ name: string }>) =>
  isPlainForm(c) ? c.redirect(PAGE, 303) : c.json({ item: value }, 200, { 'X-Live-Seq': cursorAt(app, seq) })
