import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'
import type { Wire } from '../../src/client/wire.js'
import { running, telltale, temporaryFolder, until } from '../support/server.ts'
import { tunnel } from '../support/tunnel.ts'

const tokenFor = async (client: Wire, role: string) =>
  (await client.call<{ item: { token: string } }>('POST', '/api/tokens', { name: role, role })).body.item.token

test('through a tunnel on another port, a worker runs a task and another server reads the events', async () => {
  const far = await running()
  const port = await tunnel(Number(new URL(far.url).port))
  const names = ['127.0.0.1', new URL(far.dashboard).hostname]
  const queues = names.map((_, i) => `queue-${i}`)

  const secret = join(temporaryFolder(), 'token')
  writeFileSync(secret, await tokenFor(far.client, 'worker'), { mode: 0o600 })
  const workers = names.map((name, i) => telltale('worker', '--url', `http://${name}:${port}`, '--token-file', secret, '--queue', queues[i] as string))
  onTestFinished(async () => {
    for (const { child } of workers) child.kill('SIGTERM')
    await Promise.all(workers.map(({ ended }) => ended))
  })

  const config = join(temporaryFolder(), 'telltale.config.json')
  const token = await tokenFor(far.client, 'viewer')
  writeFileSync(config, JSON.stringify({ upstreams: names.map((name, i) => ({ name: `far-${i}`, url: `http://${name}:${port}`, token, since: 'beginning' })) }))
  const near = await running('--config', config)

  const tasks: string[] = []
  for (const queue of queues) {
    const { body } = await far.client.call<{ item: { id: string } }>('POST', '/api/tasks', { command: 'echo through', queue })
    tasks.push(body.item.id)
    const state = async () => (await far.client.call<{ item: { state: string } }>('GET', `/api/tasks/${body.item.id}`)).body.item.state
    await until(
      async () => (await state()) === 'succeeded',
      () => workers.map(({ output }) => output()).join('\n'),
    )
  }
  // Both read the same events, of which each is stored once, by whichever brought it first.
  const heard = async () => {
    const { body } = await near.client.call<{ items: { received: number; duplicates: number }[] }>('GET', '/api/hub')
    return body.items.filter(({ received, duplicates }) => received + duplicates > 0).length
  }
  await until(async () => (await heard()) === names.length, near.output)
  const read = async () => {
    const { body } = await near.client.call<{ items: { payload: { task_id: string } }[] }>('GET', '/api/events?kinds=task.state_changed&limit=500')
    const seen = new Set(body.items.map(({ payload }) => payload.task_id))
    return tasks.every((id) => seen.has(id))
  }
  await until(read, near.output)
})
