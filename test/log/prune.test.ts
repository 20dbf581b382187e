import { expect, test } from 'vitest'
import { firehose } from '../../src/live/firehose.ts'
import { prune } from '../../src/log/prune.ts'
import { janitor } from '../../src/settings/janitor.ts'
import { until } from '../support/server.ts'
import { firehoseOf, numbers, post, reading, served } from '../support/wire.ts'

const SECRET = 'hunter2-swordfish'

test('a reader that is behind a deletion is given the events from memory without the task’s text', async () => {
  const app = await served()
  const before = await firehoseOf(app) // the ring begins here
  const { id } = (await app.json('/api/tasks', { title: SECRET, command: `echo ${SECRET}` })).body.item
  await until(() => before.of('task.created').length === 1)
  expect(before.text()).toContain(SECRET) // the control: it was there to be read
  await app.json(`/api/tasks/${id}/delete`, {})
  await janitor(app).purge()
  const after = await firehoseOf(app, `?since=0.${app.epoch}&lossless=1`)
  await until(() => after.of('task.deleted').length === 1)
  expect(after.text()).not.toContain(SECRET)
  expect(JSON.parse(after.of('task.created')[0]?.data ?? '')).toMatchObject({ seq: 1, payload: { task_id: id, title: '', redacted: true } })
})

test('a cursor before the oldest event gets a reset; the oldest that is kept resumes', async () => {
  const app = await served()
  await post(app, 20)
  expect(await prune(app, 10)).toBe(10)
  const [old, edge] = [await firehoseOf(app, `?since=9.${app.epoch}`), await firehoseOf(app, `?since=10.${app.epoch}`)]
  await until(() => old.of('reset').length === 1)
  expect(JSON.parse(old.frames[0]?.data ?? '')).toMatchObject({ oldest: 11, seq: 20 })
  expect(JSON.parse(old.of('reset')[0]?.data ?? '')).toMatchObject({ reason: 'the events after the cursor were removed', seq: 20 })
  await post(app, 1)
  for (const reader of [old, edge]) await until(() => reader.seqs().includes(21))
  expect([old.seqs(), edge.seqs()]).toEqual([[21], numbers(11, 21)])
  expect([edge.of('reset'), edge.of('gap')]).toEqual([[], []])
})

test('a reader whose next events are pruned is sent how many it missed', async () => {
  const app = await served()
  const bytes = 9_000
  await post(app, 1_500, { bytes })
  const reader = await reading({ socketPath: app.socketPath }, `/api/events?since=1.${app.epoch}&lossless=1`)
  reader.pause() // at once, or on a busy machine it has read everything
  await until(() => firehose(app).readers === 1)
  for (let pruned = 1; pruned > 0; ) pruned = await prune(app, 1_490)
  reader.resume()
  await until(() => reader.seqs().at(-1) === 1_500)
  const gaps = reader.of('gap').map(({ data }) => JSON.parse(data) as { from: number; to: number; dropped: number })
  // One gap, or one for each batch that was pruned while the reader was between two.
  expect(gaps.length).toBeGreaterThan(0)
  expect(gaps.at(-1)?.to).toBe(1_490)
  const missed = gaps.flatMap(({ from, to, dropped }) => {
    expect(dropped).toBe(to - from + 1)
    return numbers(from, to)
  })
  expect([...reader.seqs(), ...missed].sort((a, b) => a - b)).toEqual(numbers(2, 1_500))
})
