import { expect, test } from 'vitest'
import { append, foreign } from '../../src/log/foreign.ts'
import { type Span, windowOf } from '../../src/log/log.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const ALL: Span = { since: 0, before: Number.POSITIVE_INFINITY, order: 'desc', limit: 50 }

/** As many events of `kind`, in one change. */
const write = (app: TestApp, kind: string, many: number) =>
  append(
    app,
    owner,
    Array.from({ length: many }, () => foreign({ kind }, { now: app.time.now(), sender: { name: 'lab' }, kinds: app.kinds })),
  )

test('a window of some kinds equals a filter over the whole log, in either order and from any place', async () => {
  const app = await testApp()
  for (let i = 0; i < 12; i++) await write(app, ['lab.a', 'lab.b', 'la.c', 'lab-2.d', 'other.e'][i % 5] as string, 1 + (i % 3))
  const log = await windowOf(app.db, { kinds: [] }, { ...ALL, limit: 500 })
  for (const kinds of [['lab.'], ['lab.a', 'other.'], ['none.', 'none.at_all'], ['lab.', 'lab.b', 'lab.b']])
    for (const order of ['asc', 'desc'] as const)
      for (const span of [ALL, { ...ALL, since: 5 }, { ...ALL, before: 9 }, { ...ALL, since: 3, before: 17, limit: 4 }]) {
        const isNamed = (kind: string) => kinds.some((name) => (name.endsWith('.') ? kind.startsWith(name) : kind === name))
        const wanted = log.filter(({ seq, kind }) => isNamed(kind) && seq > span.since && seq < span.before).map(({ seq }) => seq)
        const expected = (order === 'asc' ? wanted.reverse() : wanted).slice(0, span.limit)
        expect((await windowOf(app.db, { kinds }, { ...span, order })).map(({ seq }) => seq)).toEqual(expected)
      }
})
