import { z } from 'zod'
import { tokenPage } from '../../views/settings/token.tsx'
import * as sessions from '../access/sessions.ts'
import * as tokens from '../access/tokens.ts'
import { type Answer, json } from '../http/answer.ts'
import { isPlainForm } from '../http/respond.ts'
import { type Route, route } from '../http/route.ts'

const one = (says: string, status: 200 | 201 = 200): Answer => json(z.object({ item: z.looseObject({ id: z.string() }) }), { says, status })
const list = (says: string): Answer => json(z.object({ items: z.array(z.looseObject({ id: z.string() })), next: z.null() }), { says })

const TOKEN = { params: { id: '0a1b2c3d' } }
const SESSION = TOKEN

export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tokens',
    summary: 'List the tokens',
    may: 'tokens.manage',
    answer: list('The tokens, without their secrets'),
    run: async ({ app, c }) => c.json({ items: await tokens.list(app), next: null }),
  }),
  route({
    method: 'POST',
    path: '/api/tokens',
    summary: 'Create a token',
    may: 'tokens.manage',
    body: tokens.NewToken,
    answer: one('The token’s id and secret, which is shown only once', 201),
    example: { body: { name: 'nas', role: 'worker', queues: ['default'] } },
    async run({ app, c, body }) {
      const made = await tokens.create(app, { actor: c.get('actor') }, body)
      return isPlainForm(c) ? app.bare(c, 'New token', tokenPage({ ...made, ...body })) : c.json({ item: made }, 201)
    },
  }),
  route({
    method: 'GET',
    path: '/api/tokens/:id',
    summary: 'Read a token',
    may: 'tokens.manage',
    answer: one('The token, without its secret'),
    example: TOKEN,
    run: async ({ app, c, params: { id } }) => c.json({ item: await tokens.get(app, id) }),
  }),
  route({
    method: 'POST',
    path: '/api/tokens/:id/revoke',
    summary: 'Revoke a token, and those that it made',
    may: 'tokens.manage',
    answer: one('The token’s id'),
    example: TOKEN,
    async run({ app, c, params: { id } }) {
      await tokens.revoke(app, { actor: c.get('actor') }, id)
      return isPlainForm(c) ? c.redirect('/settings/access', 303) : c.json({ item: { id, revoked: true } })
    },
  }),
  route({
    method: 'GET',
    path: '/api/sessions',
    summary: 'List the signed-in browsers',
    may: 'tokens.manage',
    answer: list('The sessions'),
    run: async ({ app, c }) => c.json({ items: await sessions.list(app), next: null }),
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:id',
    summary: 'Read a session',
    may: 'tokens.manage',
    answer: one('The session'),
    example: SESSION,
    run: async ({ app, c, params: { id } }) => c.json({ item: await sessions.get(app, id) }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:id/revoke',
    summary: 'Sign a browser out',
    may: 'tokens.manage',
    answer: one('The session’s id'),
    example: SESSION,
    async run({ app, c, params: { id } }) {
      await sessions.revoke(app, { actor: c.get('actor') }, id)
      return isPlainForm(c) ? c.redirect('/settings/access', 303) : c.json({ item: { id, revoked: true } })
    },
  }),
]
