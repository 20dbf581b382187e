import { describe, expect, test } from 'vitest'
import { RECENT, recent } from '../../src/events/recent.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const MINUTE = 60_000
const page = async (app: TestApp, query = '') => (await app.ask(`/ui/events${query}`)).text()

/** Events of these ages, oldest first, with what else they need. */
const write = (app: TestApp, ages: readonly number[], more: object = {}) =>
  app.mutate(owner, async ({ db }) => {
    const one = { kind: 'door.opened', subject: 'door:1', actor: 'ana', source: 'house', source_id: null, cause: null, payload: '{}', ...more }
    const { seq } = await db
      .selectFrom('events')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .executeTakeFirstOrThrow()
    for (let i = 0; i < ages.length; i += 500) {
      const rows = ages.slice(i, i + 500).map((age, j) => ({ ...one, at: app.time.now() - age, seq: (seq ?? 0) + i + j + 1 }))
      await db.insertInto('events').values(rows).execute()
    }
  })

describe('the newest events are counted', () => {
  test('by kind, source and actor, in the order of their names', async () => {
    const app = await testApp()
    await write(app, [3, 2], { kind: 'door.opened' })
    await write(app, [1], { kind: 'lamp.lit', source: 'barn', actor: 'ben' })
    const { events, kinds, sources, actors } = await recent(app.db, app.time.now())
    expect([events, kinds, sources, actors]).toEqual([
      3,
      [
        { value: 'door.opened', events: 2 },
        { value: 'lamp.lit', events: 1 },
      ],
      [
        { value: 'barn', events: 1 },
        { value: 'house', events: 2 },
      ],
      [
        { value: 'ana', events: 2 },
        { value: 'ben', events: 1 },
      ],
    ])
  })

  test('except the rare ones', async () => {
    const app = await testApp()
    await write(app, [3], { kind: 'a.rare' })
    for (let i = 0; i < 12; i++) await write(app, [2, 1], { kind: `kind.k${i + 10}` })
    expect((await recent(app.db, app.time.now())).kinds.map(({ value }) => value)).toEqual(Array.from({ length: 12 }, (_, i) => `kind.k${i + 10}`))
  })

  test('and no more of them, however long the log is', async () => {
    const app = await testApp()
    await write(app, [9, 8, 7], { kind: 'old.one' })
    await write(app, Array(RECENT - 1).fill(1))
    expect((await recent(app.db, app.time.now())).kinds).toEqual([
      { value: 'door.opened', events: RECENT - 1 },
      { value: 'old.one', events: 1 },
    ])
  })

  test.each([
    [[10_000, 1_000], 1],
    [[3 * MINUTE, 1_000], 5],
    [[59 * MINUTE], 60],
    [[400 * MINUTE], 1440],
    [[90 * 1440 * MINUTE, 1_000], 1440],
    [[], 1],
  ])('in time: ages of %j ms are shown in %i min', async (ages, minutes) => {
    const app = await testApp()
    await write(app, ages)
    const { ms, bars } = (await recent(app.db, app.time.now())).volume
    expect([ms, bars.length]).toEqual([minutes * MINUTE, 60])
    expect(bars.reduce((sum, bar) => sum + bar, 0)).toBe(ages.filter((age) => age < ms).length)
    expect(bars.at(-1)).toBe(ages.filter((age) => age < ms / 60).length)
  })

  test('in a time that they cover whole, if there are older ones', async () => {
    const app = await testApp()
    await write(app, [90 * MINUTE, 7 * MINUTE, ...Array(RECENT - 1).fill(1_000)])
    expect((await recent(app.db, app.time.now())).volume.ms).toBe(5 * MINUTE)
  })
})

test('each kind, source and actor is a link that adds it to the filter or removes it', async () => {
  const app = await testApp()
  await write(app, [2])
  await write(app, [1], { kind: 'lamp.lit', source: 'barn', actor: 'ben' })
  const links = (html: string) =>
    [...html.matchAll(/<a href="(\/events[^"]*)"( aria-current="true")? hx-disable>/g)].map(([, href, current]) => [href, Boolean(current)])
  expect(links(await page(app, '?kinds=door.opened&q=x'))).toEqual([
    ['/events?q=x', true],
    ['/events?kinds=door.opened%2Clamp.lit&amp;q=x', false],
    ['/events?kinds=door.opened&amp;source=barn&amp;q=x', false],
    ['/events?kinds=door.opened&amp;source=house&amp;q=x', false],
    ['/events?kinds=door.opened&amp;actor=ana&amp;q=x', false],
    ['/events?kinds=door.opened&amp;actor=ben&amp;q=x', false],
  ])
  expect(links(await page(app, '?source=nobody'))).toContainEqual(['/events', true])
})
