import { type Kysely, sql } from 'kysely'
import { type Arrival, type AttemptOutput, linesIn, type Run, type Stream } from '../engine/outputs.ts'
import type { Schema } from '../engine/schema.ts'

/** Chunks of a few bytes are read in several steps. */
const CHUNKS_AT_ONCE = 2_000
const READ_BYTES = 1_048_576

export interface Known {
  size: number
  kept_from: number
  cut_lines: number
  grew_at: number
}

/** The output of an attempt in rows, as of when it was opened. */
export class RowOutput implements AttemptOutput {
  readonly start: number
  readonly size: number
  readonly firstLine: number
  readonly grewAt: number
  readonly #db: Kysely<Schema>
  readonly #of: { task_id: string; attempt: number }

  constructor(db: Kysely<Schema>, of: { task_id: string; attempt: number }, { size, kept_from, cut_lines, grew_at }: Known) {
    this.#db = db
    this.#of = of
    this.start = kept_from
    this.size = size
    this.firstLine = cut_lines + 1
    this.grewAt = grew_at
  }

  async read(from: number, most: number): Promise<Run[]> {
    // The chunk that holds `from` begins before it.
    const { first } = await this.#chunks
      .select(({ fn }) => fn.max('start').as('first'))
      .where('start', '<=', from)
      .executeTakeFirstOrThrow()
    const runs = await this.#within(most, 'asc', first ?? 0, from)
    return cut(runs.map(behind(from)), most)
  }

  async tail(most: number): Promise<Run[]> {
    const runs = (await this.#within(most, 'desc', 0, 0)).reverse()
    const extra = runs.reduce((sum, { bytes }) => sum + bytes.length, 0) - most
    return extra > 0 ? runs.map((run, at) => (at === 0 ? behind(run.offset + extra)(run) : run)) : runs
  }

  async linesBefore(offset: number): Promise<number> {
    const whole = await this.#chunks
      .select(({ fn }) => fn.sum<number | null>('lines').as('lines'))
      .where(END, '<=', offset)
      .executeTakeFirstOrThrow()
    const open = await this.#chunks.select(['start', 'bytes']).where('start', '<', offset).where(END, '>', offset).executeTakeFirst()
    return (whole.lines ?? 0) + (open ? linesIn(open.bytes.subarray(0, offset - open.start)) : 0)
  }

  async arrivals(from: number, end: number): Promise<Arrival[]> {
    const rows = await this.#chunks.select(['start', 'at']).where(END, '>', from).where('start', '<', end).orderBy('start').execute()
    return rows.flatMap(({ start, at }) => (at === null ? [] : [{ start, at }]))
  }

  parts(): Promise<{ start: number; lines: number }[]> {
    return this.#chunks.select(['start', 'lines']).orderBy('start').execute()
  }

  async source() {
    const runs: Run[] = []
    for (let at = this.start; at < this.size; ) {
      const more = await this.read(at, READ_BYTES)
      const last = more.at(-1)
      if (!last) break
      runs.push(...more)
      at = last.offset + last.bytes.length
    }
    return { firstLine: this.firstLine, runs }
  }

  get #chunks() {
    const { task_id, attempt } = this.#of
    return this.#db.selectFrom('task_output').where('task_id', '=', task_id).where('attempt', '=', attempt)
  }

  /** Whole chunks from `first`, in this order, with at least `most` bytes behind `from`. */
  async #within(most: number, order: 'asc' | 'desc', first: number, from: number): Promise<Run[]> {
    const length = sql<number>`length(bytes) - greatest(0, ${from}::bigint - start)`
    const before = sql<number>`coalesce(sum(${length}) over (order by start ${sql.raw(order)} rows between unbounded preceding and 1 preceding), 0)`
    const counted = this.#chunks
      .select(['start', 'stream', 'bytes', before.as('before')])
      .where('start', '>=', first)
      .where(END, '>', from)
      .orderBy('start', order)
      .limit(CHUNKS_AT_ONCE)
    const rows = await this.#db
      .selectFrom(counted.as('counted'))
      .select(['start', 'stream', 'bytes'])
      .where('before', '<', most)
      .orderBy('start', order)
      .execute()
    return rows.map(({ start, stream, bytes }) => ({ offset: start, stream: stream as Stream, bytes }))
  }
}

const END = sql<number>`start + length(bytes)`

const behind =
  (from: number) =>
  ({ offset, stream, bytes }: Run): Run =>
    offset >= from ? { offset, stream, bytes } : { offset: from, stream, bytes: bytes.subarray(from - offset) }

function cut(runs: readonly Run[], most: number): Run[] {
  let left = most
  const kept: Run[] = []
  for (const run of runs) {
    if (left <= 0) break
    kept.push({ ...run, bytes: run.bytes.subarray(0, left) })
    left -= run.bytes.length
  }
  return kept
}
