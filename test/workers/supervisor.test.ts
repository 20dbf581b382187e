import { test } from 'vitest'
import { running, until } from '../support/server.ts'

interface Item {
  item: { state: string; pid: number | null }
}

test('a restart asked for under an Idempotency-Key, as the page does, brings the worker back in a new process', async () => {
  const { client } = await running('--workers', '1')
  const worker = async () => (await client.call<Item>('GET', '/api/workers/w_1')).body.item
  await until(async () => (await client.call<{ items: Item['item'][] }>('GET', '/api/workers')).body.items[0]?.state === 'idle')
  const before = (await worker()).pid
  const key = { headers: { 'idempotency-key': 'press-1' } }
  await client.call('POST', '/api/workers/w_1/restart', {}, key)
  await until(async () => (await worker()).state === 'idle' && (await worker()).pid !== before)
})
