import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { alive, escapist, hasSpread, token, until } from '../support/processes.ts'
import { end, Site, type WorkerProcess } from './site.ts'

/** Long enough that no lease expires, even on a busy machine. */
const LEASE_MS = 60_000
/** For what does. */
const SHORT_LEASE_MS = 6000

/** Processes that began before the others and end one by one: whoever kills a list of them finds some gone. */
const CHURN = 'for i in $(seq 180); do sleep $((i / 45)).$((i % 45 + 10)) & done;'

let site: Site

const started = async (leaseMs: number) => {
  site = await Site.start('--lease-ms', String(leaseMs))
}

/** Creates a task that spreads in every way and ignores TERM, and waits until it has. While it lives, it writes down the time. */
async function spread(more = ''): Promise<{ id: string; word: string; lastAlive(): number }> {
  const word = token()
  const file = join(site.data, word)
  const id = await site.create(`while :; do date +%s%3N >> ${file}; sleep 0.1; done & ${more} ${escapist(word)}`)
  await until('it has spread', () => hasSpread(word))
  return { id, word, lastAlive: () => Number(readFileSync(file, 'utf8').trim().split('\n').at(-1)) }
}

const gone = (word: string) => until('nothing of it lives', () => alive(word).length === 0)

describe.each([['auto'], ['off']])('with --isolate %s', (isolate) => {
  test('a cancel leaves no process of the task alive, despite setsid and an ignored TERM', async () => {
    await started(LEASE_MS)
    site.worker('--isolate', isolate)
    const { id, word } = await spread()
    await site.server.client.call('POST', `/api/tasks/${id}/cancel`, {})
    await gone(word)
    await site.become(id, 'cancelled')
  })

  describe('and a short lease', () => {
    let worker: WorkerProcess

    beforeEach(async () => {
      await started(SHORT_LEASE_MS)
      worker = site.worker('--isolate', isolate)
    })

    test('a killed worker’s commands end with it, though some of them end by themselves meanwhile', async () => {
      const { id, word } = await spread(CHURN)
      await end(worker.process, 'SIGKILL')
      await gone(word)
      await site.become(id, 'lost')
    })

    test('a frozen worker cannot keep its command alive until the task is given away', async () => {
      const { id, word, lastAlive } = await spread()
      worker.process.kill('SIGSTOP')
      await gone(word)
      const { finished_at } = await site.become(id, 'lost')
      expect(lastAlive()).toBeLessThan(Date.parse(finished_at ?? ''))
      worker.process.kill('SIGCONT')
      await until('it gave it up', () => worker.said().includes(`${id} is no longer this worker's`))
    })
  })
})
