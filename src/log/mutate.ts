import type { Transaction } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import { type ChangeLog, type ChangeRun, type Database, type Db, InsertingLog, lockName } from '../db/index.ts'
import type { Storage } from '../db/storage.ts'
import { Problem } from '../input/problem.ts'
import type { ServerLog } from '../server-log.ts'
import type { Clock } from '../time/clock.ts'
import type { Actor } from './actor.ts'
import { type Answered, ConcurrentChanges, type Mutation } from './concurrent.ts'
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
  /** The events of this change so far; the log may not have them yet. */
  written: readonly LoggedEvent[]
  newest(): number | undefined
  /** Appends an event and returns its seq, which is good only as a cause in this change. Throws on a payload that its kind does not allow. */
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

export type { Mutation } from './concurrent.ts'

export interface Mutate {
  <T>(caller: Caller, change: (tx: Tx) => Promise<T>): Promise<Mutation<T>>
  /** The number of changes without an answer. */
  readonly waiting: number
  /** Since the start: transactions, the changes in them, and the most in one. */
  readonly sizes: GroupSizes
}

/**
 * The only way to write. Rows, events, counters and the idempotency record commit together: on SQLite often with those of
 * other changes (`group.ts`), on PostgreSQL beside them (`concurrent.ts`), where `change` runs again after a conflict.
 * The hub is notified after the COMMIT and before the answer, so it sees every event once and in order. Throws what
 * `change` throws, and then nothing is written.
 */
export function mutator({ database, hub, clock, storage, log: serverLog }: Parts): Mutate {
  const vocabulary = new Vocabulary()
  const failed = (error: unknown) => storage.note(error)
  const changes = database.change
    ? new ConcurrentChanges({ change: database.change, db: database.reader, hub, failed })
    : grouped({ database, hub, clock, failed })
  const mutate = <T>(caller: Caller, change: (tx: Tx) => Promise<T>) =>
    changes.add<T>(async (db, log) => {
      const repeated = await answerUnder<T>(db, caller)
      if (repeated) return { ...repeated, after: [] }
      const acts: (() => void)[] = []
      const after = (act: () => void) => void acts.push(() => perform(act, serverLog))
      const now = clock.now()
      const value = await change({
        db,
        actor: caller.actor,
        now,
        cause: caller.cause,
        written: log.written,
        newest: () => log.written.at(-1)?.seq,
        emit: emitter(log, caller, now),
        append: appender({ db, after }, vocabulary, log),
        forgetKinds: () => vocabulary.prune({ db, after }),
        after,
      })
      await remember({ db, log, caller, value, now })
      return { value, after: acts }
    })
  const getters = { waiting: { get: () => changes.waiting }, sizes: { get: () => changes.sizes } }
  return Object.defineProperties(mutate, getters) as Mutate
}

interface Parts {
  database: Database
  hub: Listener
  clock: Clock
  storage: Storage
  log: ServerLog
}

/** The change is committed: an effect that throws must fail neither its answer nor what follows. */
function perform(act: () => void, log: ServerLog) {
  try {
    act()
  } catch (error) {
    log.error('a change was made, but an effect of it failed', error)
  }
}

function grouped(parts: ConstructorParameters<typeof GroupCommit>[0]) {
  const group = new GroupCommit(parts)
  return {
    get waiting() {
      return group.waiting
    },
    sizes: group.sizes,
    add: <T>(run: ChangeRun<Answered<T>>) =>
      group.add<Mutation<T>>(async (db, head) => {
        const log = new InsertingLog(db, head)
        const { value, seq = log.seq, after } = await run(db, log)
        return { answer: { value, seq }, written: log.written, after }
      }),
  }
}

function emitter(log: ChangeLog, caller: Caller, now: number): Tx['emit'] {
  return async (kind, subject, payload, cause = caller.cause) => {
    const json = JSON.stringify(kind.payload.parse(payload))
    if (Buffer.byteLength(json) > PAYLOAD_BYTES) throw new Problem('invalid', `This is too long: an event may have at most ${PAYLOAD_BYTES / 1024} KiB.`)
    const event = { at: now, kind: kind.name, subject, actor: caller.actor.name, source_id: null, cause: cause ?? null, payload: json }
    return (await log.append(event)).seq
  }
}

/** Looks up before it inserts: a refused insert would leave a gap in the seqs. */
function appender(change: Pick<Tx, 'db' | 'after'>, vocabulary: Vocabulary, log: ChangeLog): Tx['append'] {
  const { db } = change
  return async (foreign) => {
    const { sender, source_id, kind } = foreign
    const isSame = (event: { sender?: string | null; source_id: string | null }) => event.sender === sender && event.source_id === source_id
    const first =
      log.written.find(isSame) ??
      (await db.selectFrom('events').select('seq').where('sender', '=', sender).where('source_id', '=', source_id).executeTakeFirst())
    if (first) return appended(first, true)
    await vocabulary.learn(change, sender, kind)
    return appended(await log.append(foreign), false)
  }
}

/** Its seq may not be final yet. */
const appended = (event: { seq: number }, duplicate: boolean) => ({
  get seq() {
    return event.seq
  },
  duplicate,
})

const principalOf = ({ credential, name }: Actor) => credential ?? name

/** The same key waits for the change under way, so that both get its answer, not what a rule says the second time. */
async function answerUnder<T>(db: Transaction<Schema>, caller: Caller): Promise<Mutation<T> | undefined> {
  if (caller.idempotency) await lockName(db, `${principalOf(caller.actor)} ${caller.idempotency.key}`)
  return firstAnswer<T>(db, caller)
}

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

interface Answer {
  db: Transaction<Schema>
  log: ChangeLog
  caller: Caller
  value: unknown
  now: number
}

async function remember({ db, log, caller: { actor, idempotency }, value, now }: Answer) {
  if (!idempotency) return
  const { key, requestHash, keptMs = IDEMPOTENCY_MS } = idempotency
  const at = now - (IDEMPOTENCY_MS - keptMs) // what is kept for less time counts as older
  await log.keep({ principal: principalOf(actor), key, request_hash: requestHash, answer: () => JSON.stringify(value ?? null), at })
  await forgetAnswers(db, now)
}
