import { type Kysely, sql, type Transaction } from 'kysely'
import { linesIn, type Outputs, type Run } from '../engine/outputs.ts'
import type { Schema } from '../engine/schema.ts'
import { type Known, RowOutput } from './row-output.ts'

/** The end of the output is kept, and a little more, so that the beginning is dropped in few steps. */
const KEPT_BYTES = 10 * 1_048_576
const SLACK_BYTES = 262_144
const NOTHING: Known = { size: 0, kept_from: 0, cut_lines: 0, grew_at: 0 }

/** Output in rows, which every process with this database can read. */
export class RowOutputs implements Outputs {
  readonly #reader: Kysely<Schema>
  readonly #writer: Kysely<Schema>

  constructor({ reader, writer }: { reader: Kysely<Schema>; writer: Kysely<Schema> }) {
    this.#reader = reader
    this.#writer = writer
  }

  async open(task_id: string, attempt: number): Promise<RowOutput> {
    const found = await this.#reader.selectFrom('task_outputs').selectAll().where('task_id', '=', task_id).where('attempt', '=', attempt).executeTakeFirst()
    return new RowOutput(this.#reader, { task_id, attempt }, found ?? NOTHING)
  }

  async source(task: string, attempt: number) {
    return (await this.open(task, attempt)).source()
  }

  /** Not flushed: after a crash of the server its last bytes may be missing, and the next chunk then leaves a gap. */
  append(task_id: string, attempt: number, { offset, stream, bytes }: Run) {
    return this.#writer.transaction().execute(async (db) => {
      await sql`select set_config('synchronous_commit', 'off', true)`.execute(db)
      const known = await lock(db, task_id, attempt)
      const fresh = bytes.subarray(Math.max(0, known.size - offset))
      if (fresh.length === 0) return { size: known.size, hasGrown: false }
      const start = Math.max(offset, known.size)
      await db
        .insertInto('task_output')
        .values({ task_id, attempt, start, stream, lines: linesIn(fresh), bytes: fresh, at: Date.now() })
        .execute()
      const grown = { ...known, size: start + fresh.length, kept_from: known.size === 0 ? start : known.kept_from, grew_at: Date.now() }
      const kept = grown.size - grown.kept_from > KEPT_BYTES + SLACK_BYTES ? await dropBeginning(db, { task_id, attempt }, grown) : grown
      await db.updateTable('task_outputs').set(kept).where('task_id', '=', task_id).where('attempt', '=', attempt).execute()
      return { size: grown.size, hasGrown: true }
    })
  }

  close() {}

  async remove(task: string) {
    for (const table of ['task_output', 'task_outputs'] as const) await this.#writer.deleteFrom(table).where('task_id', '=', task).execute()
  }

  async *kept() {
    yield* await this.#reader
      .selectFrom('task_outputs')
      .select(['task_id as id', sql<number>`sum(size - kept_from)`.as('bytes')])
      .groupBy('task_id')
      .execute()
  }
}

async function lock(db: Transaction<Schema>, task_id: string, attempt: number): Promise<Known> {
  await db
    .insertInto('task_outputs')
    .values({ task_id, attempt, ...NOTHING })
    .onConflict((known) => known.columns(['task_id', 'attempt']).doNothing())
    .execute()
  const found = db.selectFrom('task_outputs').select(['size', 'kept_from', 'cut_lines', 'grew_at'])
  return found.where('task_id', '=', task_id).where('attempt', '=', attempt).forUpdate().executeTakeFirstOrThrow()
}

async function dropBeginning(db: Transaction<Schema>, { task_id, attempt }: { task_id: string; attempt: number }, known: Known): Promise<Known> {
  const dropped = await db
    .deleteFrom('task_output')
    .where('task_id', '=', task_id)
    .where('attempt', '=', attempt)
    .where(sql<number>`start + length(bytes)`, '<=', known.size - KEPT_BYTES)
    .returning('lines')
    .execute()
  const { first } = await db
    .selectFrom('task_output')
    .select(({ fn }) => fn.min('start').as('first'))
    .where('task_id', '=', task_id)
    .where('attempt', '=', attempt)
    .executeTakeFirstOrThrow()
  return { ...known, kept_from: first, cut_lines: known.cut_lines + dropped.reduce((sum, { lines }) => sum + lines, 0) }
}
