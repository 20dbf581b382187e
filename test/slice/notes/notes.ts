import { sql } from 'kysely'
import { z } from 'zod'
import { counted, type Db, type Window, waiting } from '../../../src/db/index.ts'
import { notFound } from '../../../src/input/problem.ts'
import { line } from '../../../src/input/texts.ts'
import type { App } from '../../../src/live/app.ts'
import { text } from '../../../src/log/fields.ts'
import { kind } from '../../../src/log/kinds.ts'
import type { Caller, Mutation } from '../../../src/log/mutate.ts'

export interface Note {
  id: string
  text: string
  state: 'open' | 'done'
}

export const NewNote = z.strictObject({ text: line(200) })

export const events = {
  written: kind('note.written', 'a note is written', { note_id: text, text }, { sentence: ({ text }, note) => `${note} says ${text}` }),
  done: kind('note.done', 'a note was ticked off', { note_id: text }, { sentence: (_, note) => `${note} was ticked off` }),
}

export const counters = [counted({ table: 'notes', state: 'state' }), waiting({ table: 'notes', where: { state: 'open' } })]

export const migrations = [
  {
    name: 'notes',
    sql: {
      sqlite: `CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL, state TEXT NOT NULL, deleted_at INTEGER) STRICT`,
      postgres: `CREATE TABLE notes (id text COLLATE "C" PRIMARY KEY, text text NOT NULL, state text NOT NULL, deleted_at bigint)`,
    },
  },
]

export async function list(db: Db): Promise<Window<Note>> {
  const { rows } = await sql<Note>`select id, text, state from notes order by id`.execute(db)
  return { items: rows, next: null }
}

/** Throws not_found. */
export async function note(db: Db, id: string): Promise<Note> {
  const found = (await list(db)).items.find((note) => note.id === id)
  if (!found) throw notFound(`There is no note ${id}.`)
  return found
}

export function write(app: App, caller: Caller, { text }: z.infer<typeof NewNote>): Promise<Mutation<Note>> {
  return app.mutate(caller, async ({ db, emit }) => {
    const { items } = await list(db)
    const id = `n_${items.length + 1}`
    await sql`insert into notes values (${id}, ${text}, 'open', null)`.execute(db)
    await emit(events.written, `note:${id}`, { note_id: id, text })
    return { id, text, state: 'open' }
  })
}

/** Throws not_found. */
export function tick(app: App, caller: Caller, id: string): Promise<Mutation<Note>> {
  return app.mutate(caller, async ({ db, emit }) => {
    const found = await note(db, id)
    await sql`update notes set state = 'done' where id = ${id}`.execute(db)
    await emit(events.done, `note:${id}`, { note_id: id })
    return { ...found, state: 'done' }
  })
}
