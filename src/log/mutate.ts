import type { Transaction } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import type { Database, Db } from '../db/index.ts'
import type { Storage } from '../db/storage.ts'
import { Problem } from '../input/problem.ts'
import type { Clock } from '../time/clock.ts'
import type { Actor } from './actor.ts'
import { GroupCommit, type GroupSizes, type Listener } from './group.ts'
import type { Kind, Payload } from './kinds.ts'
import type { LoggedEvent } from './log.ts'
import { Vocabulary } from './vocabulary.ts'

/** A larger diff is shortened, and fetched from its subject. */
export const PAYLOAD_BYTES = 65_536
export const IDEMPOTENCY_MS = 48 * 3_600_000
/** Workers retry within seconds and claim all day, so this only has to cover a restart of the server. */
export const WORK_IDEMPOTENCY_MS = 600_000

export interface Caller {
  actor: Actor
  idempotency?: { key: string; requestHash: string; keptMs?: number } | undefined
  cause?: number | undefined
}

/** What a command may use: only this transaction, as another connection would wait for it for ever. */
export interface Tx {
  db: Transaction<Schema>
  actor: Actor
  now: number
  cause: number | undefined
  newest(): number | undefined
  /** Appends an event and returns its seq. Throws on a payload that its kind does not allow. */
  emit<K extends Kind>(kind: K, subject: string, payload: Payload<K>, cause?: number): Promise<number>
  /**
   * Appends an event of another program once per `sender` and `source_id`; a repeat returns the first seq. Throws
   * invalid if the sender has used too many kinds.
   */
  append(event: ForeignEvent): Promise<{ seq: number; duplicate: boolean }>
  forgetKinds(): Promise<void>
  /** Does `act` once this change is committed, before anybody hears of it; never if it is not. */
  after(act: () => void): void
}

export const because = (tx: Tx, cause: number | undefined): Tx =>
  cause === undefined ? tx : { ...tx, cause, emit: (kind, subject, payload, own = cause) => tx.emit(kind, subject, payload, own) }

export interface ForeignEvent {
  /** A token, an upstream or a local program (`sender.ts`); readers see its `source` instead. */
  sender: string
  source: string
  source_id: string
  kind: string
  subject: string
  actor: string
  at: number
  cause: number | null
  payload: string
}

export interface Mutation<T> {
  value: T
  seq: number
}

export interface Mutate {
  <T>(caller: Caller, change: (tx: Tx) => Promise<T>): Promise<Mutation<T>>
  /** The number of changes without an answer. */
  readonly waiting: number
  /** Since the start: transactions, the changes in them, and the most in one. */
  readonly sizes: GroupSizes
}

/**
 * The only way to write. Rows, events, counters and the idempotency record commit together, and often with those of other
 * changes (`group.ts`). The hub is notified after the COMMIT and before the answer, so it sees every event once and in
 * order. Throws what `change` throws, and then nothing is written.
 */
export function mutator({ database, hub, clock, storage }: Parts): Mutate {
  const vocabulary = new Vocabulary()
  const group = new GroupCommit({ database, hub, clock, failed: (error) => storage.note(error) })
  const mutate = <T>(caller: Caller, change: (tx: Tx) => Promise<T>) =>
    group.add<Mutation<T>>(async (db, head) => {
      const repeated = await firstAnswer<T>(db, caller)
      if (repeated) return { answer: repeated, written: [], after: [] }
      const [written, acts]: [LoggedEvent[], (() => void)[]] = [[], []]
      const after = (act: () => void) => void acts.push(act)
      const now = clock.now()
      const value = await change({
        db,
        actor: caller.actor,
        now,
        cause: caller.cause,
        newest: () => written.at(-1)?.seq,
        emit: emitter(db, caller, now, written),
        append: appender({ db, after }, vocabulary, written),
        forgetKinds: () => vocabulary.prune({ db, after }),
        after,
      })
      const answer = { value, seq: written.at(-1)?.seq ?? head }
      await remember(db, caller, answer, now)
      return { answer, written, after: acts }
    })
  const getters = { waiting: { get: () => group.waiting }, sizes: { get: () => group.sizes } }
  return Object.defineProperties(mutate, getters) as Mutate
}

interface Parts {
  database: Database
  hub: Listener
  clock: Clock
  storage: Storage
}

function emitter(db: Transaction<Schema>, caller: Caller, now: number, written: LoggedEvent[]): Tx['emit'] {
  return async (kind, subject, payload, cause = caller.cause) => {
    const json = JSON.stringify(kind.payload.parse(payload))
    if (Buffer.byteLength(json) > PAYLOAD_BYTES) throw new Problem('invalid', `This is too long: an event may have at most ${PAYLOAD_BYTES / 1024} KiB.`)
    const event = await db
      .insertInto('events')
      .values({ at: now, kind: kind.name, subject, actor: caller.actor.name, source_id: null, cause: cause ?? null, payload: json })
      .returningAll()
      .executeTakeFirstOrThrow()
    written.push(event)
    return event.seq
  }
}

/** Looks up before it inserts: a refused insert would leave a gap in the seqs. */
function appender(change: Pick<Tx, 'db' | 'after'>, vocabulary: Vocabulary, written: LoggedEvent[]): Tx['append'] {
  const { db } = change
  return async (foreign) => {
    const { sender, source_id, kind } = foreign
    const first = await db.selectFrom('events').select('seq').where('sender', '=', sender).where('source_id', '=', source_id).executeTakeFirst()
    if (first) return { seq: first.seq, duplicate: true }
    await vocabulary.learn(change, sender, kind)
    const event = await db.insertInto('events').values(foreign).returningAll().executeTakeFirstOrThrow()
    written.push(event)
    return { seq: event.seq, duplicate: false }
  }
}

const principalOf = ({ credential, name }: Actor) => credential ?? name

/** The stored response for the caller's key, if any. Throws invalid if the request differs. */
export async function firstAnswer<T>(db: Db, { actor, idempotency }: Caller): Promise<Mutation<T> | undefined> {
  if (!idempotency) return undefined
  const found = await db.selectFrom('idempotency').selectAll().where('principal', '=', principalOf(actor)).where('key', '=', idempotency.key).executeTakeFirst()
  if (!found) return undefined
  if (found.request_hash !== idempotency.requestHash) {
    throw new Problem('invalid', 'This Idempotency-Key was used for another request. Use a new key for a new request.')
  }
  return { value: JSON.parse(found.answer), seq: found.seq }
}

export const forgetAnswers = (db: Transaction<Schema>, now: number) =>
  db
    .deleteFrom('idempotency')
    .where('at', '<', now - IDEMPOTENCY_MS)
    .execute()

async function remember(db: Transaction<Schema>, { actor, idempotency }: Caller, mutation: Mutation<unknown>, now: number) {
  if (!idempotency) return
  const { key, requestHash, keptMs = IDEMPOTENCY_MS } = idempotency
  const answer = JSON.stringify(mutation.value ?? null)
  const at = now - (IDEMPOTENCY_MS - keptMs) // what is kept for less time counts as older
  await db
    .insertInto('idempotency')
    .values({ principal: principalOf(actor), key, request_hash: requestHash, seq: mutation.seq, answer, at })
    .execute()
  await forgetAnswers(db, now)
}
