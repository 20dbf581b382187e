import { Kysely, sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { snapshot, TooLong } from '../../src/db/index.ts'
import { PRAGMAS } from '../../src/db/sqlite/dialect.ts'
import { PoolDialect } from '../../src/db/sqlite/read-pool.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

/** Takes a fraction of a second for a few million. */
const counting = (to: number) => sql<{ n: number }>`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to}) select count(*) as n from n`
const one = sql<{ n: number }>`select 1 as n`
const TEN_MINUTES = 600_000

function poolOf(app: TestApp, budgetMs: number) {
  // biome-ignore lint/suspicious/noExplicitAny: only raw queries are sent
  const pool = new Kysely<any>({ dialect: new PoolDialect(`${app.config.data}/telltale.db`, PRAGMAS, budgetMs) })
  onTestFinished(() => pool.destroy())
  return pool
}

test('while a query of the pool runs, the event loop, the pages and another query of the pool go on', async () => {
  const app = await testApp()
  const pool = poolOf(app, TEN_MINUTES)
  /** Whether all else was answered before a query of this size. */
  async function goesOnDuring(size: number, db: typeof pool) {
    let isOver = false
    const long = counting(size)
      .execute(db)
      .finally(() => {
        isOver = true
      })
    expect((await app.ask('/tasks', { headers: { accept: 'text/html' } })).status).toBe(200)
    expect((await app.ask('/ui/tasks?q=nothing')).status).toBe(200)
    expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(201)
    expect((await one.execute(pool)).rows).toEqual([{ n: 1 }])
    const wentOn = !isOver
    expect((await long).rows).toEqual([{ n: size }])
    return wentOn
  }
  // The control: a query on the event loop holds up all else, whatever its size.
  expect(await goesOnDuring(1_000_000, app.db)).toBe(false)
  let size = 2_000_000
  while (!(await goesOnDuring(size, pool))) size *= 3
})

test('a query that takes too long is ended and refused, and those that wait for its thread are answered', async () => {
  const app = await testApp()
  const pool = poolOf(app, 200)
  const answers = await Promise.allSettled([1, 2].map(() => counting(10_000_000).execute(pool)))
  for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(TooLong) })
  // A new thread may take longer to start than this budget allows.
  const answered = () => one.execute(pool).then(({ rows }) => rows, String)
  await expect.poll(answered).toEqual([{ n: 1 }])
  await expect(snapshot(pool, (db) => counting(10_000_000).execute(db))).rejects.toThrow('longer than 0.2 s')
  await expect.poll(answered).toEqual([{ n: 1 }])
})

test('a snapshot of the pool sees one commit, as of any reader, and nothing can be written', async () => {
  const app = await testApp()
  const titles = async (db: typeof app.db) => (await db.selectFrom('tasks').select('title').execute()).map(({ title }) => title)
  const make = (title: string) => app.json('/api/tasks', { title, command: 'true' })
  await make('first')
  const seen = await snapshot(app.database.pool, async (db) => {
    const before = await titles(db)
    await make('second')
    return [before, await titles(db), await titles(app.database.pool)]
  })
  expect(seen).toEqual([['first'], ['first'], ['first', 'second']])
  await expect(app.database.pool.insertInto('meta').values({ key: 'a', value: 'b' }).execute()).rejects.toMatchObject({ code: 'SQLITE_READONLY' })
})

test('an error in a query is that of the database, and its thread goes on', async () => {
  const app = await testApp()
  await expect(sql`select missing`.execute(app.database.pool)).rejects.toMatchObject({ message: 'no such column: missing', code: 'SQLITE_ERROR' })
  expect((await one.execute(app.database.pool)).rows).toEqual([{ n: 1 }])
})

test('many searches at once are answered in turn; too many are refused', async () => {
  const app = await testApp()
  await app.mutate(owner, async () => {})
  const answers = await Promise.allSettled(Array.from({ length: 80 }, () => one.execute(app.database.pool)))
  const refused = answers.filter(({ status }) => status === 'rejected')
  expect(refused.length).toBe(80 - 52)
  for (const answer of refused) expect(answer).toMatchObject({ reason: expect.any(TooLong) })
})
