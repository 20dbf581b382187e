import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { after } from '../../../src/log/log.ts'
import { events } from '../../../src/tasks/events.ts'
import { owner, type TestApp, testApp } from '../../support/app.ts'
import { until } from '../../support/process.ts'

const WRITERS = 8
const CHANGES = 40

const emit = (app: TestApp, about: string, before: () => Promise<unknown> = async () => {}) =>
  app.mutate(owner, async (tx) => {
    await tx.emit(events.deleted, `task:${about}`, { task_id: about, reason: 'test' })
    await before()
  })

/** Follows the log by a cursor until it has all that was committed. */
async function follow(app: TestApp, isOver: () => boolean): Promise<number[]> {
  const seen: number[] = []
  for (let last = false; ; ) {
    const rows = await after(app.db, seen.at(-1) ?? 0, 500)
    seen.push(...rows.map(({ seq }) => seq))
    if (last && rows.length === 0) return seen
    last = isOver()
  }
}

test('a reader with a cursor misses no event, whatever waits, fails or runs beside each other, and neither does the hub', async () => {
  const app = await testApp()
  const heard: number[] = []
  app.hub.listen((written) => heard.push(...written.map(({ seq }) => seq)))
  let isOver = false
  const reading = follow(app, () => isOver)
  const writer = async (name: number) => {
    for (let i = 0; i < CHANGES; i++) {
      const isBad = i % 5 === 4
      const change = emit(app, `t_${name}_${i}`, async () => {
        if (i % 3 === 0) await pause(Math.random() * 10)
        if (isBad) throw new Error('undone')
      })
      if (isBad) await expect(change).rejects.toThrow('undone')
      else await change
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name)))
  isOver = true
  const seen = await reading
  const stored = (await app.db.selectFrom('events').select('seq').orderBy('seq').execute()).map(({ seq }) => seq)
  expect(stored).toHaveLength((WRITERS * CHANGES * 4) / 5)
  expect(seen).toEqual(stored)
  await until(() => heard.length === stored.length)
  expect(heard).toEqual(stored)
})

test('an event gets its seq when its change commits, not when it happens', async () => {
  const app = await testApp()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const slow = emit(app, 't_slow', () => gate)
  await emit(app, 't_quick')
  open()
  await slow
  expect((await after(app.db, 0, 10)).map(({ subject }) => subject)).toEqual(['task:t_quick', 'task:t_slow'])
})

test('the control: with a number from a plain sequence, the same reader misses what commits late', async () => {
  const app = await testApp()
  const clients = [1, 2].map(() => new pg.Client({ connectionString: app.config['database-url'] }))
  for (const client of clients) await client.connect()
  onTestFinished(async () => void (await Promise.all(clients.map((client) => client.end()))))
  const [slow, quick] = clients as [pg.Client, pg.Client]
  await quick.query('CREATE TABLE plain (seq bigserial, text text)')
  await slow.query("BEGIN; INSERT INTO plain (text) VALUES ('slow')")
  await quick.query("INSERT INTO plain (text) VALUES ('quick')")
  const read = async (cursor: number) => (await quick.query('SELECT seq::int, text FROM plain WHERE seq > $1 ORDER BY seq', [cursor])).rows
  const first = await read(0)
  await slow.query('COMMIT')
  expect([first, await read(first.at(-1).seq)]).toEqual([[{ seq: 2, text: 'quick' }], []])
  await quick.query('DROP TABLE plain')
})
