import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/log/log.ts'
import type { Caller, Tx } from '../../src/log/mutate.ts'
import { events } from '../../src/tasks/events.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const created = { task_id: 't_1', state: 'queued', urgency: 'low', contract: null }
const note = (i: number) => (tx: Tx) => tx.emit(events.created, `task:t_${i}`, created)
const times = <T>(count: number, act: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => act(i))

/** The sizes of the groups that `act` led to. */
async function groupsOf(app: TestApp, act: () => unknown) {
  const before = { ...app.mutate.sizes }
  await act()
  const { groups, changes } = app.mutate.sizes
  return { groups: groups - before.groups, changes: changes - before.changes }
}

/** Makes the COMMIT of this transaction fail. */
async function breakCommit({ db }: Tx) {
  await sql`pragma defer_foreign_keys = on`.execute(db)
  await db.insertInto('attempts').values({ task_id: 't_999', attempt: 1, fence: 1, worker_id: 'w_1', claimed_at: 0 }).execute()
}

test('changes that wait are one group, in the order in which they came, and each is in the log when it is answered', async () => {
  const app = await testApp()
  const readable = async (i: number) => {
    const { seq } = await app.mutate(owner, note(i))
    const found = await app.db.selectFrom('events').select('subject').where('seq', '=', seq).executeTakeFirst()
    return [seq, found?.subject]
  }
  let answers: unknown[] = []
  const made = await groupsOf(app, async () => {
    answers = await Promise.all(times(100, readable))
  })
  expect(answers).toEqual(times(100, (i) => [i + 1, `task:t_${i}`]))
  expect(made).toEqual({ groups: 1, changes: 100 })
  // The control: one after the other, each is a group of its own.
  expect(
    await groupsOf(app, async () => {
      for (let i = 0; i < 3; i++) await app.mutate(owner, note(i))
    }),
  ).toEqual({ groups: 3, changes: 3 })
})

test('a change that throws is undone alone: its rows, events, effects and seqs; the others of its group are kept', async () => {
  const app = await testApp()
  const heard: LoggedEvent[] = []
  const effects: number[] = []
  app.hub.listen((written) => heard.push(...written))
  const change = (i: number) => async (tx: Tx) => {
    await tx.db
      .insertInto('meta')
      .values({ key: `change ${i}`, value: '' })
      .execute()
    const seq = await note(i)(tx)
    tx.after(() => effects.push(i))
    if (i % 3 === 1) throw new Error(`no ${i}`)
    return seq
  }
  const made = await groupsOf(app, async () => {
    const answers = await Promise.allSettled(times(9, (i) => app.mutate(owner, change(i))))
    expect(answers.map((answer) => (answer.status === 'rejected' ? answer.reason.message : answer.value.seq))).toEqual([
      1,
      'no 1',
      2,
      3,
      'no 4',
      4,
      5,
      'no 7',
      6,
    ])
  })
  const kept = [0, 2, 3, 5, 6, 8]
  expect(made).toEqual({ groups: 1, changes: 9 })
  expect(heard.map(({ seq, subject }) => [seq, subject])).toEqual(kept.map((i, n) => [n + 1, `task:t_${i}`]))
  expect(effects).toEqual(kept)
  const rows = await app.db.selectFrom('meta').select('key').where('key', 'like', 'change %').orderBy('key').execute()
  expect(rows.map(({ key }) => key)).toEqual(kept.map((i) => `change ${i}`))
})

test('requests with one key in one group are made once, and all get the first answer', async () => {
  const app = await testApp()
  const keyed: Caller = { ...owner, idempotency: { key: 'k', requestHash: 'h' } }
  const other: Caller = { ...owner, idempotency: { key: 'k', requestHash: 'another' } }
  const made = await groupsOf(app, async () => {
    const answers = await Promise.allSettled([...times(5, () => app.mutate(keyed, note(1))), app.mutate(other, note(2))])
    expect(answers.slice(0, 5)).toEqual(times(5, () => ({ status: 'fulfilled', value: { value: 1, seq: 1 } })))
    expect(answers[5]).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('was used for another request') } })
  })
  expect(made).toEqual({ groups: 1, changes: 6 })
  expect(await app.logged()).toEqual(['task.created'])
})

test('a change without an event is answered with the newest seq that it could see', async () => {
  const app = await testApp()
  const answers = await Promise.all([app.mutate(owner, note(1)), app.mutate(owner, async () => 'nothing'), app.mutate(owner, note(2))])
  expect(answers.map(({ seq }) => seq)).toEqual([1, 1, 2])
})

test('a COMMIT that fails refuses every change of its group: nothing is written, no reader hears, and the next group is made', async () => {
  const app = await testApp()
  const heard: LoggedEvent[] = []
  let effects = 0
  app.hub.listen((written) => heard.push(...written))
  const change = (i: number) => async (tx: Tx) => {
    tx.after(() => effects++)
    if (i === 8) await breakCommit(tx)
    return note(i)(tx)
  }
  const made = await groupsOf(app, async () => {
    const answers = await Promise.allSettled(times(16, (i) => app.mutate(owner, change(i))))
    expect(answers).toEqual(times(16, () => ({ status: 'rejected', reason: expect.objectContaining({ message: 'FOREIGN KEY constraint failed' }) })))
  })
  expect([made, heard, effects, await app.logged()]).toEqual([{ groups: 0, changes: 0 }, [], 0, []])
  expect(await app.mutate(owner, note(17))).toMatchObject({ seq: 1 })
  expect(heard).toMatchObject([{ seq: 1, subject: 'task:t_17' }])
})

test('a transaction that SQLite ends by itself refuses what ran in it, and what waits is made', async () => {
  const app = await testApp()
  const heard: number[] = []
  app.hub.listen((written) => heard.push(...written.map(({ seq }) => seq)))
  const ending = (tx: Tx) => sql`insert or rollback into meta values ('epoch', '2')`.execute(tx.db)
  const [first, second, third] = await Promise.allSettled([app.mutate(owner, note(1)), app.mutate(owner, ending), app.mutate(owner, note(3))])
  for (const refused of [first, second]) expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } })
  expect(third).toMatchObject({ status: 'fulfilled', value: { seq: 1 } })
  expect(heard).toEqual([1])
})

test('a group is bounded in time and in count, so that no answer waits for all that comes', async () => {
  const app = await testApp()
  const order: string[] = []
  const named = (name: string, change: (tx: Tx) => Promise<unknown>) => app.mutate(owner, change).then(() => order.push(name))
  app.hub.listen(() => order.push('commit'))
  const slow = async (tx: Tx) => {
    await note(0)(tx)
    app.time.pass(50)
  }
  await Promise.all([named('before', note(1)), named('slow', slow), named('after', note(2))])
  expect(order).toEqual(['commit', 'before', 'slow', 'commit', 'after'])
  const made = await groupsOf(app, () => Promise.all(times(600, (i) => app.mutate(owner, note(i)))))
  expect([made, app.mutate.sizes.largest]).toEqual([{ groups: 3, changes: 600 }, 256])
})

test('effects come after the COMMIT and before anybody hears of it, and a change waits as long as it has no answer', async () => {
  const app = await testApp()
  const order: string[] = []
  app.hub.listen(() => order.push('heard'))
  const change = async (tx: Tx) => {
    const seq = await note(1)(tx)
    tx.after(() => order.push(`effect, ${app.mutate.waiting} waiting`))
    order.push('made')
    return seq
  }
  await app.mutate(owner, change).then(() => order.push('answered'))
  expect(order).toEqual(['made', 'effect, 1 waiting', 'heard', 'answered'])
  expect(app.mutate.waiting).toBe(0)
})
