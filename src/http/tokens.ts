import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Actor, ROLES, type Role } from '../live/actor.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller } from '../live/mutate.ts'
import { conflict, notFound } from '../live/problem.ts'
import { line, queueNames } from '../live/texts.ts'
import { hashOf, newSecret } from './secret.ts'

const DAY_MS = 86_400_000
/** How stale `used_at` may grow before a request refreshes it. */
const USED_MS = 60_000

export const NewToken = z
  .strictObject({
    name: line(100),
    role: z.enum(ROLES),
    expires_days: z.coerce.number().int().min(1).max(3650).default(90),
    /** Binds a worker token to these queues. */
    queues: queueNames.optional(),
  })
  .refine(({ role, queues }) => queues === undefined || role === 'worker', { path: ['queues'], message: 'Only a worker token can be bound to queues.' })

export interface Token {
  id: string
  name: string
  role: Role
  created_at: string
  expires_at: string
  used_at: string | null
  revoked_at: string | null
  queues: readonly string[] | null
}

interface Holder {
  actor: Actor
  expiresAt: number
  usedAt: number
}

const known = perApp(() => new Map<string, Holder>())

/** Every token, newest first, without its secret. */
export async function list(app: App): Promise<Token[]> {
  const rows = await app.db.selectFrom('tokens').selectAll().orderBy('created_at', 'desc').execute()
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return rows.map(({ id, name, role, created_at, expires_at, used_at, revoked_at, queues }) => ({
    id,
    name,
    role: role as Role,
    created_at: new Date(created_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
    used_at: iso(used_at),
    revoked_at: iso(revoked_at),
    queues: queues === null ? null : JSON.parse(queues),
  }))
}

/** Makes a token and answers its secret, `tt_<role>_<id>_<secret>`, which is not kept and cannot be shown again. */
export async function create(app: App, caller: Caller, { name, role, expires_days, queues }: z.infer<typeof NewToken>): Promise<{ id: string; token: string }> {
  const id = randomBytes(4).toString('hex')
  const token = `tt_${role}_${id}_${newSecret()}`
  await app.mutate(caller, ({ db, now }) =>
    db
      .insertInto('tokens')
      .values({
        id,
        name,
        role,
        hash: hashOf(token),
        created_at: now,
        expires_at: now + expires_days * DAY_MS,
        used_at: null,
        revoked_at: null,
        queues: queues ? JSON.stringify(queues) : null,
      })
      .execute(),
  )
  return { id, token }
}

/** Refuses the token from its next request on, and ends the streams that it holds open. Throws not_found, conflict. */
export async function revoke(app: App, caller: Caller, id: string) {
  await app.mutate(caller, async ({ db, now }) => {
    const found = await db.selectFrom('tokens').select('revoked_at').where('id', '=', id).executeTakeFirst()
    if (!found) throw notFound(`There is no token ${id}.`)
    if (found.revoked_at !== null) throw conflict(`The token ${id} was revoked already.`)
    await db.updateTable('tokens').set({ revoked_at: now }).where('id', '=', id).execute()
  })
  known(app).clear()
  app.streams.endOf(`token:${id}`)
}

/** Who the token speaks for, or undefined when it is unknown, expired or revoked. */
export async function holderOf(app: App, token: string): Promise<Actor | undefined> {
  const hash = hashOf(token)
  const holder = known(app).get(hash) ?? (await load(app, hash))
  const now = app.clock.now()
  if (!holder || holder.expiresAt < now) return undefined
  if (holder.usedAt + USED_MS < now) {
    holder.usedAt = now
    void app
      .mutate({ actor: holder.actor }, ({ db }) => db.updateTable('tokens').set({ used_at: now }).where('hash', '=', hash).execute())
      .catch((error) => app.log.error('could not note when a token was last used', error)) // a full disk or a held lock keeps nobody from reading
  }
  return holder.actor
}

async function load(app: App, hash: string): Promise<Holder | undefined> {
  const row = await app.db.selectFrom('tokens').selectAll().where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()
  if (!row) return undefined
  const actor: Actor = {
    name: `${row.role}:${row.name}`,
    role: row.role as Role,
    credential: `token:${row.id}`,
    ...(row.queues !== null && { queues: JSON.parse(row.queues) }),
  }
  const holder = { actor, expiresAt: row.expires_at, usedAt: row.used_at ?? 0 }
  known(app).set(hash, holder)
  return holder
}
