import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Sink } from '../../src/live/channel.ts'
import { frame } from '../../src/live/frame.ts'
import { FLUSH_MS, Hub } from '../../src/live/hub.ts'

class Reader implements Sink {
  blocked = false
  frames: string[] = []
  writes = 0
  write(bytes: Buffer) {
    this.writes++
    this.frames.push(...bytes.toString().split('\n\n').filter(Boolean))
  }
}

const hub = () =>
  new Hub({
    epoch: 'e1',
    head: 0,
    versions: {},
    topics: [
      { name: 'tasks', staleOn: ['task.'] },
      { name: 'workers', staleOn: ['worker.launched'] },
    ],
  })
const written = (seq: number, kind = 'task.created', subject = 'task:t_1') => [
  { seq, kind, subject, at: 0, actor: 'test', source: 'local', source_id: null, cause: null, payload: '{}' },
]
const settled = () => pause(FLUSH_MS * 2)

describe('the hub', () => {
  test('reports a change at once, by the panel that it made stale and by nothing else', async () => {
    const [it, reader] = [hub(), new Reader()]
    it.subscribe(reader, new Set(['tasks', 'workers']))
    it.wake(written(1))
    await new Promise(setImmediate)
    expect(reader.frames).toEqual(['id: 1.e1\nevent: tasks-changed\ndata: {"seq":1}'])
    expect([it.version('tasks'), it.version('workers'), it.head]).toEqual([1, 0, 1])
  })

  test('makes a thousand changes into two frames, the last of them the newest', async () => {
    const [it, reader] = [hub(), new Reader()]
    it.subscribe(reader, new Set(['tasks']))
    it.wake(written(1))
    await new Promise(setImmediate)
    for (let seq = 2; seq <= 1_000; seq++) it.wake(written(seq))
    await settled()
    expect(reader.frames).toHaveLength(2)
    expect(reader.frames[1]).toContain('id: 1000.e1')
  })

  test('holds one frame per topic for a full reader, and delays no other', async () => {
    const it = hub()
    const [full, free] = [new Reader(), new Reader()]
    full.blocked = true
    const channel = it.subscribe(full, new Set(['tasks', 'workers']))
    it.subscribe(free, new Set(['tasks']))
    for (let seq = 1; seq <= 5; seq++) {
      it.wake(written(seq))
      await settled()
    }
    it.wake(written(6, 'worker.launched', 'worker:w_1'))
    await settled()
    expect([full.frames.length, free.frames.length]).toEqual([0, 5])
    full.blocked = false
    channel.drain()
    expect(full.frames.map((it) => it.split('\n')[0])).toEqual(['id: 5.e1', 'id: 6.e1'])
    expect(full.writes).toBe(1)
  })

  test('never lets one reader’s failure reach another, or the writer', async () => {
    const it = hub()
    const broken: Sink = {
      blocked: false,
      write: () => {
        throw new Error('gone')
      },
    }
    const reader = new Reader()
    it.subscribe(broken, new Set(['tasks']))
    it.subscribe(reader, new Set(['tasks']))
    expect(() => it.wake(written(1))).not.toThrow()
    await settled()
    expect(reader.frames).toHaveLength(1)
  })

  test('sends nothing to a reader that has left', async () => {
    const [it, stays, leaves] = [hub(), new Reader(), new Reader()]
    it.subscribe(stays, new Set(['tasks']))
    it.unsubscribe(it.subscribe(leaves, new Set(['tasks'])))
    it.wake(written(1))
    await settled()
    expect([stays.frames.length, leaves.frames.length, it.readers]).toEqual([1, 0, 1])
  })

  test('sends the newest pulse to those that watch its subject only', async () => {
    const [it, watches, other] = [hub(), new Reader(), new Reader()]
    it.subscribe(watches, new Set(['t_1']))
    it.subscribe(other, new Set(['tasks']))
    for (let size = 1; size <= 50; size++) it.pulse('t_1', 't_1-log', { size })
    await pause(350)
    expect(watches.frames).toEqual(['event: t_1-log\ndata: {"size":50}'])
    expect(other.frames).toEqual([])
  })
})

test('a frame is one event whatever its data holds, and a field cannot break out of it', () => {
  expect(frame({ event: 'x', data: 'a\nb\r\nc\rd' }).toString()).toBe('event: x\ndata: a\ndata: b\ndata: c\ndata: d\n\n')
  for (const event of ['a\nb', 'a\rb', 'a\0b']) expect(() => frame({ event, data: '' })).toThrow()
})
