import type { Db } from '../db/index.ts'
import { notFound, Problem } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import type { Actor, Role } from '../log/actor.ts'
import { OWNER, TELLTALE } from '../log/actor.ts'
import type { Caller } from '../log/mutate.ts'
import { logAccess } from './access-change.ts'
import { Credentials } from './credentials.ts'
import { hashOf, newSecret } from './secret.ts'

const LINK_MS = 10 * 60_000
const IDLE_MS = 12 * 3_600_000
const ABSOLUTE_MS = 30 * 86_400_000
/** `seen_at` is written at most this often, not on each request. */
const SEEN_MS = 5 * 60_000

/** For this long, a used or expired link is reported as such. */
const LINK_KEPT_MS = 86_400_000
const SWEPT_AT_ONCE = 100

const OPERATOR = { name: 'operator', role: 'admin' } as const

interface Session {
  actor: Actor
  seenAt: number
  writtenAt: number
  expiresAt: number
}

const PREFIX = 'session:'

const known = perApp((app) => new Credentials<Session>(app, PREFIX))

/** A one-use code that signs a browser in as the owner, valid for ten minutes. */
export async function newLink(app: App): Promise<string> {
  const code = newSecret()
  await app.mutate({ actor: OWNER }, ({ db, now }) =>
    db
      .insertInto('sign_in_links')
      .values({ hash: hashOf(code), expires_at: now + LINK_MS, used_at: null })
      .execute(),
  )
  return code
}

/** Exchanges the code for a session and returns its secret. Throws unauthorized. */
export async function exchange(app: App, code: string): Promise<string> {
  await goodLink(app.db, code, app.clock.now()) // a wrong code costs no transaction
  const secret = newSecret()
  await app.mutate({ actor: OPERATOR }, async (tx) => {
    const { db, now } = tx
    const { hash } = await goodLink(db, code, now)
    await db.updateTable('sign_in_links').set({ used_at: now }).where('hash', '=', hash).execute()
    const session = { hash: hashOf(secret), ...OPERATOR, created_at: now, seen_at: now, expires_at: now + ABSOLUTE_MS }
    await db.insertInto('sessions').values(session).execute()
    await logAccess(tx, subjectOf(session.hash), 'signed_in', session)
  })
  return secret
}

async function goodLink(db: Db, code: string, now: number) {
  const link = await db.selectFrom('sign_in_links').selectAll().where('hash', '=', hashOf(code)).executeTakeFirst()
  const why = !link ? 'is not known' : link.used_at !== null ? 'was already used' : link.expires_at < now ? 'has expired' : undefined
  if (!link || why) throw new Problem('unauthorized', `This sign-in link ${why}. Make a new one with telltale open.`)
  return link
}

/** Undefined if the session is unknown, was idle for 12 hours or is older than 30 days. */
export async function holderOf(app: App, secret: string): Promise<Actor | undefined> {
  const hash = hashOf(secret)
  const session = await known(app).get(hash, () => load(app, hash))
  const now = app.clock.now()
  if (!session) return undefined
  if (session.expiresAt < now || session.seenAt + IDLE_MS < now) {
    // Not awaited: on a full disk or a locked database, requests must not hang.
    void endSession(app, { actor: TELLTALE }, hash, 'session_ended').catch((error) => app.log.error('could not record the end of a session', error))
    return undefined
  }
  session.seenAt = now
  if (session.writtenAt + SEEN_MS < now) {
    session.writtenAt = now
    void app
      .mutate({ actor: session.actor }, ({ db }) => db.updateTable('sessions').set({ seen_at: now }).where('hash', '=', hash).execute())
      .catch((error) => app.log.error('could not record when a session was last seen', error)) // reading must go on
  }
  return session.actor
}

/** Ends expired sessions and deletes old sign-in links; returns how many. */
export async function sweep(app: App): Promise<number> {
  const now = app.clock.now()
  const idle = now - IDLE_MS - SEEN_MS // the table lags behind
  const over = await app.db
    .selectFrom('sessions')
    .select('hash')
    .where(({ or, eb }) => or([eb('expires_at', '<', now), eb('seen_at', '<', idle)]))
    .limit(SWEPT_AT_ONCE)
    .execute()
  for (const { hash } of over) await endSession(app, { actor: TELLTALE }, hash, 'session_ended')
  const links = await app.mutate({ actor: TELLTALE }, ({ db }) =>
    db
      .deleteFrom('sign_in_links')
      .where('expires_at', '<', now - LINK_KEPT_MS)
      .executeTakeFirst(),
  )
  return over.length + Number(links.value.numDeletedRows)
}

export interface OpenSession {
  id: string
  name: string
  role: Role
  created_at: string
  seen_at: string
  expires_at: string
}

export async function list(app: App): Promise<OpenSession[]> {
  const now = app.clock.now()
  const rows = await app.db
    .selectFrom('sessions')
    .selectAll()
    .where('expires_at', '>', now)
    .where('seen_at', '>', now - IDLE_MS)
    .execute()
  const iso = (at: number) => new Date(at).toISOString()
  const seenAt = ({ hash, seen_at }: (typeof rows)[number]) => known(app).cached(hash)?.seenAt ?? seen_at
  rows.sort((a, b) => seenAt(b) - seenAt(a))
  return rows.map((row) => ({
    id: idIn(row.hash),
    name: row.name,
    role: row.role as Role,
    created_at: iso(row.created_at),
    seen_at: iso(seenAt(row)),
    expires_at: iso(row.expires_at),
  }))
}

export async function get(app: App, id: string): Promise<OpenSession> {
  const session = (await list(app)).find((one) => one.id === id)
  if (!session) throw notFound(`There is no session ${id}.`)
  return session
}

/** The id of the caller's own session, if it has one. */
export function idOf({ credential = '' }: Actor): string | undefined {
  return credential.startsWith(PREFIX) ? idIn(credential.slice(PREFIX.length)) : undefined
}

export const signOut = (app: App, caller: Caller, secret: string) => endSession(app, caller, hashOf(secret), 'signed_out')

/** Signs another browser out. Throws not_found. */
export async function revoke(app: App, caller: Caller, id: string) {
  const row = await app.db.selectFrom('sessions').select('hash').where('hash', 'like', `${id}%`).executeTakeFirst()
  if (!ID.test(id) || !row) throw notFound(`There is no session ${id}.`)
  await endSession(app, caller, row.hash, 'session_ended')
}

async function endSession(app: App, caller: Caller, hash: string, action: 'signed_out' | 'session_ended') {
  await app.mutate(caller, async (tx) => {
    const session = await tx.db.deleteFrom('sessions').where('hash', '=', hash).returningAll().executeTakeFirst()
    if (session) await logAccess(tx, subjectOf(hash), action, session)
  })
}

const subjectOf = (hash: string) => `${PREFIX}${idIn(hash)}`

/** Enough of the hash to identify a session. */
const ID_LENGTH = 12
const ID = /^[0-9a-f]{12}$/
const idIn = (hash: string) => hash.slice(0, ID_LENGTH)

const credentialOf = (hash: string) => `${PREFIX}${hash}`

/** What this server knows of its last use may be newer than the row. */
async function load(app: App, hash: string): Promise<Session | undefined> {
  const row = await app.db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (!row) return undefined
  const actor: Actor = { name: row.name, role: row.role as Role, credential: credentialOf(hash), expiresAt: row.expires_at }
  return { actor, seenAt: Math.max(row.seen_at, known(app).cached(hash)?.seenAt ?? 0), writtenAt: row.seen_at, expiresAt: row.expires_at }
}
