import { expect, onTestFinished, test } from 'vitest'
import { type Beat, keep } from '../../src/worker/lease.ts'
import type { Link } from '../../src/worker/link.ts'
import { until } from '../support/processes.ts'

const TTL_MS = 1000

test('before its lease is over, a worker sends one more beat beside one without a response', async () => {
  const over = new AbortController()
  onTestFinished(() => over.abort())
  const [asked, heard]: [unknown[], string[]] = [[], []]
  const line = {
    post(_: string, body: unknown) {
      asked.push(body)
      if (asked.length === 2) return new Promise(() => {})
      return Promise.resolve({
        status: 200,
        headers: {},
        sentAt: performance.now(),
        body: { lease_ttl_ms: TTL_MS, cancel: false, worker: 'busy' } satisfies Beat,
      })
    },
  } as unknown as Link
  const events = { beat: () => void heard.push('beat'), refused: (why: string) => void heard.push(why), silent: () => void heard.push('silent') }
  void keep(line, { path: '/api/tasks/t_1', hold: { worker_id: 'w_1', fence: 1 }, ttlMs: TTL_MS, renewedAt: performance.now() }, events, over.signal)
  await until('it asked for the third time', () => asked.length >= 3)
  await until('it was answered', () => heard.length >= 2)
  expect(heard.slice(0, 2)).toEqual(['beat', 'beat'])
  expect(asked[2]).toMatchObject({ wait_s: 0 })
})
