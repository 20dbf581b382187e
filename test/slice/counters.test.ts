import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { counted, type Declared, openDatabase, waiting } from '../../src/db/index.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { migrations } from './notes/notes.ts'
import { slice } from './notes/slice.ts'

const MOVES = 300
const { counters: _, ...uncounted } = slice
const [byState, open] = [counted({ table: 'notes', state: 'state' }), waiting({ table: 'notes', where: { state: 'open' } })]
const done = waiting({ table: 'notes', where: { state: 'done' } })

async function inserted(app: TestApp, ...states: string[]) {
  for (const [at, state] of states.entries()) await sql`insert into notes values (${`n_${at}`}, 'x', ${state}, null)`.execute(app.database.writer)
}

/** As a start of the server with these declarations would. */
async function openedWith({ config }: TestApp, counters: Declared['counters']) {
  await (await openDatabase(config['database-url'] ?? `${config.data}/telltale.db`, { migrations, counters })).close()
}

async function counts({ database }: TestApp) {
  const rows = await database.reader.selectFrom('counters').selectAll().execute()
  return Object.fromEntries(
    rows.filter(({ noun, state }) => noun === 'notes' || state === 'notes').map(({ noun, state, value }) => [noun === 'notes' ? state : 'waiting', value]),
  )
}

test('counters follow every insertion, change, deletion and return of a row', async () => {
  const app = await testApp({}, [slice])
  const db = app.database.writer
  const states = ['open', 'done', 'odd']
  let seed = 7
  const pick = (below: number) => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed % below
  }
  for (let n = 0; n < MOVES; n++) {
    const [id, state, gone] = [`n_${pick(20)}`, states[pick(3)] as string, pick(4) === 0 ? 1 : null]
    await sql`insert into notes values (${id}, 'x', ${state}, ${gone})
      on conflict (id) do update set state = excluded.state, deleted_at = excluded.deleted_at`.execute(db)
  }
  const { rows } = await sql<{ state: string }>`select state from notes where deleted_at is null`.execute(db)
  const held = (wanted: string) => rows.filter(({ state }) => state === wanted).length
  expect(rows.length).toBeGreaterThan(5)
  expect(await counts(app)).toEqual({ open: held('open'), done: held('done'), odd: held('odd'), waiting: held('open') })
})

test('a counter that is declared later counts the rows that are there, and follows them from then on', async () => {
  const app = await testApp({}, [uncounted])
  await inserted(app, 'open', 'open', 'done')
  expect(await counts(app)).toEqual({})
  await openedWith(app, [byState, open])
  expect(await counts(app)).toEqual({ open: 2, done: 1, waiting: 2 })
  await sql`update notes set state = 'done'`.execute(app.database.writer)
  expect(await counts(app)).toEqual({ open: 0, done: 3, waiting: 0 })
})

test('only a counter whose declaration has changed is counted again, and its states stay', async () => {
  const app = await testApp({}, [slice])
  await inserted(app, 'open', 'open', 'done')
  await sql`update notes set state = 'open'`.execute(app.database.writer)
  await app.database.writer.updateTable('counters').set({ value: 9 }).where('noun', '=', 'notes').where('state', '=', 'done').execute()
  await openedWith(app, [byState, open])
  expect(await counts(app)).toEqual({ open: 3, done: 9, waiting: 3 })
  await openedWith(app, [byState, done])
  expect(await counts(app)).toEqual({ open: 3, done: 9, waiting: 0 })
  await openedWith(app, [counted({ table: 'notes', state: 'state', queue: 'text' }), done])
  const rows = await app.database.reader.selectFrom('counters').select(['state', 'queue', 'value']).where('noun', '=', 'notes').orderBy('queue').execute()
  expect(rows).toEqual(
    expect.arrayContaining([
      { state: 'open', queue: '', value: 0 },
      { state: 'done', queue: '', value: 0 },
      { state: 'open', queue: 'x', value: 3 },
    ]),
  )
})
