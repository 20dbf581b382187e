import type { UpstreamConfig } from '../../config/upstream.ts'
import { breaksConstraint } from '../../db/index.ts'
import { Problem } from '../../input/problem.ts'
import type { App } from '../../live/app.ts'
import { TELLTALE } from '../../log/actor.ts'
import { foreign } from '../../log/foreign.ts'
import { isNamed } from '../../log/kinds.ts'
import type { ForeignEvent, Tx } from '../../log/mutate.ts'
import { TELLTALES, upstreamSender } from '../../log/sender.ts'
import { originEpoch } from './sources/origin.ts'
import type { Arrival } from './sources/source.ts'

interface Intake {
  received: number
  duplicates: number
  refused: number
  refusal?: string | undefined
}

/** Stores the events and the cursor in one transaction, so that a crash neither loses nor duplicates one. */
export async function take(app: App, upstream: UpstreamConfig, arrivals: readonly Arrival[]): Promise<Intake> {
  const { events, refusals } = checked(app, upstream, arrivals)
  const cursor = arrivals.findLast((arrival) => arrival.cursor !== undefined)?.cursor
  const refused = { refused: refusals.length, refusal: refusals.at(-1) }
  if (events.length === 0 && cursor === undefined) return { received: 0, duplicates: 0, ...refused }
  try {
    const { value } = await app.mutate({ actor: TELLTALE }, async (tx) => {
      const intake = { received: 0, duplicates: 0 }
      for (const event of events) intake[(await isNew(app, tx, event, upstream)) ? 'received' : 'duplicates']++
      if (cursor !== undefined) await remember(tx, upstream.name, cursor)
      return intake
    })
    return { ...value, ...refused }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return withoutPoison(app, upstream, arrivals, refusal)
  }
}

export async function cursorOf({ db }: App, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('upstream_cursors').select('cursor').where('name', '=', name).executeTakeFirst()
  return row?.cursor
}

/** An event that the log cannot hold must not block the others for ever. */
async function withoutPoison(app: App, upstream: UpstreamConfig, arrivals: readonly Arrival[], refusal: string): Promise<Intake> {
  const [first, ...more] = arrivals
  if (first && more.length === 0) return take(app, upstream, [{ cursor: first.cursor, refused: refusal }])
  const sum: Intake = { received: 0, duplicates: 0, refused: 0 }
  for (const arrival of arrivals) {
    const { received, duplicates, refused, refusal = sum.refusal } = await take(app, upstream, [arrival])
    Object.assign(sum, { received: sum.received + received, duplicates: sum.duplicates + duplicates, refused: sum.refused + refused, refusal })
  }
  return sum
}

function refusalOf(error: unknown): string | undefined {
  if (error instanceof Problem) return error.message
  return breaksConstraint(error) ? 'the log cannot hold it' : undefined
}

function checked({ clock, kinds: known }: App, upstream: UpstreamConfig, arrivals: readonly Arrival[]) {
  const { kinds } = upstream
  const sender = upstreamSender(upstream)
  const events: ForeignEvent[] = []
  const refusals: string[] = []
  for (const { event, refused } of arrivals) {
    if (refused !== undefined) refusals.push(refused)
    if (event === undefined) continue
    try {
      const good = foreign(event, { now: clock.now(), sender, kinds: known })
      if (kinds.length === 0 || isNamed(good.kind, kinds)) events.push(good)
    } catch (error) {
      refusals.push((error as Error).message)
    }
  }
  return { events, refusals }
}

/** False for an event that originated here or arrived by another route. */
async function isNew({ epoch }: App, tx: Tx, event: ForeignEvent, { kind }: UpstreamConfig): Promise<boolean> {
  const origin = kind === 'telltale' ? originEpoch(event.source_id) : undefined
  if (origin === epoch) return false
  if (origin !== undefined && (await isHere(tx, event.source_id))) return false
  return !(await tx.append(event)).duplicate
}

/** Only ids from other Telltale servers count, so that nobody else can block an event by using its id. */
async function isHere({ db }: Tx, origin: string): Promise<boolean> {
  const found = await db.selectFrom('events').select('seq').where('source_id', '=', origin).where('sender', 'like', `${TELLTALES}%`).executeTakeFirst()
  return found !== undefined
}

async function remember({ db, now: at }: Tx, name: string, cursor: string) {
  await db
    .insertInto('upstream_cursors')
    .values({ name, cursor, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ cursor, at }))
    .execute()
}
