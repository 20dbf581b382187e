import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { running, until } from '../support/server.ts'

interface Item {
  item: { state: string; pid: number | null }
}

test('a restart asked for under an Idempotency-Key, as the page does, brings the worker back in a new process', async () => {
  const { client } = await running('--workers', '1')
  const worker = async () => (await client.call<Item>('GET', '/api/workers/w_1')).body.item
  await until(async () => (await worker()).state === 'idle')
  const before = (await worker()).pid
  const key = { headers: { 'idempotency-key': 'press-1' } }
  await client.call('POST', '/api/workers/w_1/restart', {}, key)
  await until(async () => (await worker()).state === 'idle' && (await worker()).pid !== before)
})

test('a launch that is sent twice under one key starts one process', async () => {
  const { client, data } = await running()
  const key = { headers: { 'idempotency-key': 'press-1' } }
  const launch = () => client.call<{ item: { id: string } }>('POST', '/api/workers/launch', { name: 'twin' }, key)
  const ids = [(await launch()).body.item.id, (await launch()).body.item.id]
  expect(ids).toEqual(['w_1', 'w_1'])
  await until(async () => (await client.call<Item>('GET', '/api/workers/w_1')).body.item.state === 'idle')
  await client.call('POST', '/api/workers/w_1/stop', {})
  const said = () => readFileSync(join(data, 'logs', 'workers', 'w_1.log'), 'utf8')
  await until(() => said().includes('is done'))
  expect(said().match(/takes from/g)).toHaveLength(1)
})
