import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { TokenTable } from '../db/engine/schema.ts'
import type { Db } from '../db/index.ts'
import { conflict, notFound, Problem } from '../input/problem.ts'
import { line, queueNames } from '../input/texts.ts'
import { type App, perApp } from '../live/app.ts'
import { type Actor, ROLES, type Role } from '../log/actor.ts'
import type { Caller } from '../log/mutate.ts'
import { logAccess } from './access-change.ts'
import { Credentials } from './credentials.ts'
import { hashOf, newSecret } from './secret.ts'

const DAY_MS = 86_400_000
/** `used_at` is written at most this often. */
const USED_MS = 60_000

export const NewToken = z
  .strictObject({
    name: line(100),
    role: z.enum(ROLES),
    expires_days: z.coerce.number().int().min(1).max(3650).default(90),
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

const PREFIX = 'token:'

const known = perApp((app) => new Credentials<Holder>(app, PREFIX))

export async function list(app: App): Promise<Token[]> {
  return (await app.db.selectFrom('tokens').selectAll().orderBy('created_at', 'desc').execute()).map(shown)
}

export async function get(app: App, id: string): Promise<Token> {
  const row = await app.db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(`There is no token ${id}.`)
  return shown(row)
}

/** Creates a token and returns its only copy, `tt_<role>_<id>_<secret>`. One created with another token is revoked with it. */
export async function create(app: App, caller: Caller, { name, role, expires_days, queues }: z.infer<typeof NewToken>): Promise<{ id: string; token: string }> {
  const id = randomBytes(4).toString('hex')
  const token = `tt_${role}_${id}_${newSecret()}`
  const { credential = '', expiresAt = Number.POSITIVE_INFINITY } = caller.actor
  const parent = credential.startsWith(PREFIX) ? credential.slice(PREFIX.length) : null
  await app.mutate(caller, async (tx) => {
    const { db, now } = tx
    if (parent !== null) await mustBeGood(db, parent)
    const wanted = now + expires_days * DAY_MS
    const row = { id, name, role, hash: hashOf(token), created_at: now, expires_at: parent ? Math.min(wanted, expiresAt) : wanted, parent }
    await db
      .insertInto('tokens')
      .values({ ...row, used_at: null, revoked_at: null, queues: queues ? JSON.stringify(queues) : null })
      .execute()
    await logAccess(tx, subjectOf(id), 'token_created', { ...row, name: nameIn(row) })
  })
  return { id, token }
}

/** Revokes the token and those created with it, and ends their streams. Throws not_found, conflict. */
export async function revoke(app: App, caller: Caller, id: string) {
  await app.mutate(caller, async (tx) => {
    const { db, now } = tx
    const found = await db.selectFrom('tokens').select('revoked_at').where('id', '=', id).executeTakeFirst()
    if (!found) throw notFound(`There is no token ${id}.`)
    if (found.revoked_at !== null) throw conflict(`The token ${id} is already revoked.`)
    const ids = await family(db, id)
    const rows = await db.updateTable('tokens').set({ revoked_at: now }).where('id', 'in', ids).where('revoked_at', 'is', null).returningAll().execute()
    for (const row of rows) await logAccess(tx, subjectOf(row.id), 'token_revoked', { ...row, name: nameIn(row) })
  })
}

/** The caller was authenticated before this transaction, and its token may have been revoked since. */
async function mustBeGood(db: Db, id: string) {
  const good = await db.selectFrom('tokens').select('id').where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
  if (!good) throw new Problem('unauthorized', 'Your token was revoked.')
}

async function family(db: Db, id: string): Promise<string[]> {
  const ids = [id]
  for (let generation = ids; generation.length > 0; ) {
    const children = await db.selectFrom('tokens').select('id').where('parent', 'in', generation).execute()
    generation = children.map((child) => child.id)
    ids.push(...generation)
  }
  return ids
}

const subjectOf = (id: string) => `${PREFIX}${id}`

const nameIn = ({ name, role }: { name: string; role: string }) => `${role}:${name}`

/** Undefined if the token is unknown, expired or revoked. */
export async function holderOf(app: App, token: string): Promise<Actor | undefined> {
  const hash = hashOf(token)
  const holder = await known(app).get(hash, () => load(app, hash))
  const now = app.clock.now()
  if (!holder || holder.expiresAt < now) return undefined
  if (holder.usedAt + USED_MS < now) {
    holder.usedAt = now
    void app
      .mutate({ actor: holder.actor }, ({ db }) => db.updateTable('tokens').set({ used_at: now }).where('hash', '=', hash).execute())
      .catch((error) => app.log.error('could not record when a token was last used', error)) // reading must go on
  }
  return holder.actor
}

async function load({ db }: App, hash: string): Promise<Holder | undefined> {
  const row = await db.selectFrom('tokens').selectAll().where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()
  if (!row) return undefined
  const actor: Actor = {
    name: nameIn(row),
    role: row.role as Role,
    credential: `${PREFIX}${row.id}`,
    expiresAt: row.expires_at,
    ...(row.queues !== null && { queues: JSON.parse(row.queues) }),
  }
  return { actor, expiresAt: row.expires_at, usedAt: row.used_at ?? 0 }
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

function shown({ id, name, role, created_at, expires_at, used_at, revoked_at, queues }: Selectable<TokenTable>): Token {
  const [created, expires] = [iso(created_at) as string, iso(expires_at) as string]
  return {
    id,
    name,
    role: role as Role,
    created_at: created,
    expires_at: expires,
    used_at: iso(used_at),
    revoked_at: iso(revoked_at),
    queues: queues === null ? null : JSON.parse(queues),
  }
}
