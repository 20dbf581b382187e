import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { alive, escapist, hasSpread, token, until } from '../support/processes.ts'
import { Site } from './site.ts'

/** Longer than any test, so that no lease expires. */
const LEASE_MS = 60_000
/** Runs for ever the first time, and succeeds the second time. */
const ONLY_ONCE_STUCK = '[ "$TELLTALE_ATTEMPT" = 2 ] || while :; do sleep 1; done'

const site = (...flags: string[]) => Site.start('--lease-ms', String(LEASE_MS), ...flags)

describe('a worker that is stopped reports who interrupted its task:', () => {
  test('by a signal', async () => {
    const it = await site()
    const { process } = it.worker()
    const word = token()
    const id = await it.create(escapist(word))
    await until('it has spread', () => hasSpread(word))
    process.kill('SIGTERM')
    expect(await once(process, 'exit')).toEqual([0, null])
    expect(alive(word)).toEqual([])
    expect(await it.task(id)).toMatchObject({ state: 'failed', error: 'interrupted: its worker was stopped by SIGTERM' })
  })

  test.each([['local'], ['remote']])('by someone on the page, of a %s worker', async (kind) => {
    const it = await site('--workers', kind === 'local' ? '1' : '0')
    if (kind === 'remote') it.worker()
    const id = await it.create('sleep 1000', { idempotent: true })
    await it.become(id, 'running')
    await it.server.client.call('POST', '/api/workers/w_1/stop', {})
    const task = await it.become(id, 'queued')
    expect(task.reason).toBe('attempt 1 interrupted: its worker was stopped by owner; next try in 2 s')
  })

  test('by the stopping server, which queues an idempotent task again and explains why another failed', async () => {
    const it = await site('--workers', '2')
    const ids = [await it.create(ONLY_ONCE_STUCK, { idempotent: true }), await it.create(ONLY_ONCE_STUCK)] as const
    for (const id of ids) await it.become(id, 'running')
    await it.server.end('SIGTERM')
    await it.again()
    const error = 'interrupted: its worker was stopped with the server'
    expect((await it.become(ids[0], 'succeeded')).attempts.at(-1)).toMatchObject({ outcome: 'failed', error })
    expect(await it.task(ids[1])).toMatchObject({ state: 'failed', error })
  })
})
