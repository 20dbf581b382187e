import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/log/log.ts'
import type { Tx } from '../../src/log/mutate.ts'
import { events } from '../../src/tasks/events.ts'
import { owner, testApp } from '../support/app.ts'

const created = { task_id: 't_1', state: 'queued', urgency: 'low', contract: null }

test('a change that fails leaves no row and no event, and notifies no reader', async () => {
  const app = await testApp()
  const heard: LoggedEvent[] = []
  app.hub.listen((written) => heard.push(...written))
  const change = app.mutate(owner, async (tx) => {
    await tx.emit(events.created, 'task:t_1', created)
    await tx.db.insertInto('meta').values({ key: 'half', value: 'done' }).execute()
    throw new Error('no')
  })
  await expect(change).rejects.toThrow('no')
  expect(await app.logged()).toEqual([])
  expect(await app.db.selectFrom('meta').select('key').where('key', '=', 'half').execute()).toEqual([])
  expect(heard).toEqual([])
  // The control: the same change, let through, is heard once.
  await app.mutate(owner, (tx) => tx.emit(events.created, 'task:t_1', created))
  expect(heard).toMatchObject([{ seq: 1, kind: 'task.created', subject: 'task:t_1', actor: 'owner' }])
})

test('many changes at once are announced one by one, in the order of the log, each once it can be read', async () => {
  const app = await testApp()
  const seqs: number[] = []
  app.hub.listen((written) => seqs.push(...written.map(({ seq }) => seq)))
  await Promise.all(Array.from({ length: 50 }, (_, i) => app.mutate(owner, (tx) => tx.emit(events.created, `task:t_${i}`, created))))
  expect(seqs).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
})

test('a payload that its kind does not allow is refused, and the change with it', async () => {
  const app = await testApp()
  // biome-ignore lint/suspicious/noExplicitAny: the type would not let this be written
  const emit = (payload: any) => app.mutate(owner, (tx) => tx.emit(events.created, 'task:t_1', payload))
  await expect(emit({ task_id: 't_1' })).rejects.toThrow()
  await expect(emit({ ...created, colour: 'red' })).rejects.toThrow()
  await expect(emit({ ...created, title: 'x'.repeat(70_000) })).rejects.toThrow('64 KiB')
  expect(await app.logged()).toEqual([])
})

test('the log is append-only', async () => {
  const app = await testApp()
  await app.mutate(owner, (tx) => tx.emit(events.created, 'task:t_1', created))
  await expect(app.mutate(owner, (tx) => tx.db.updateTable('events').set({ actor: 'nobody' }).execute())).rejects.toThrow('append-only')
  await expect(app.mutate(owner, (tx) => tx.db.deleteFrom('events').execute())).rejects.toThrow('append-only')
})

test('a query cannot write: the connection for reading is read-only', async () => {
  const app = await testApp()
  await expect(app.db.insertInto('meta').values({ key: 'a', value: 'b' }).execute()).rejects.toThrow(/read-?only/)
})

test('an effect that throws is logged, and fails neither an answer nor the other effects nor what readers hear', async () => {
  const app = await testApp()
  const [heard, effects]: [string[], number[]] = [[], []]
  app.hub.listen((written) => heard.push(...written.map(({ subject }) => subject)))
  const change = (i: number) => (tx: Tx) => {
    tx.after(() => {
      if (i === 1) throw new Error('a broken effect')
    })
    tx.after(() => effects.push(i))
    return tx.emit(events.created, `task:t_${i}`, created)
  }
  const answers = await Promise.allSettled([0, 1, 2].map((i) => app.mutate(owner, change(i))))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
  expect(effects.sort()).toEqual([0, 1, 2])
  expect(heard.sort()).toEqual(['task:t_0', 'task:t_1', 'task:t_2'])
  expect(app.lines.filter((line) => line.includes('a broken effect'))).toHaveLength(1)
})
