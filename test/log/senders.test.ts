import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as tokens from '../../src/access/tokens.ts'
import { inbox } from '../../src/intake/inbox.ts'
import { take } from '../../src/intake/upstream/intake.ts'
import type { Actor } from '../../src/log/actor.ts'
import { foreign } from '../../src/log/foreign.ts'
import { senderOf } from '../../src/log/sender.ts'
import { owner } from '../support/app.ts'
import { until } from '../support/server.ts'
import { reading, type Served, served } from '../support/wire.ts'

const CANCELLED = { kind: 'task.state_changed', payload: { task_id: 't_1', state: 'cancelled', reason: 'cancelled by owner' } }
const FORGED = { ...CANCELLED, subject: 'task:t_1', actor: 'owner' }

async function sender(app: Served, name: string, role: Actor['role'] = 'ingest') {
  const { id, token } = await tokens.create(app, owner, { name, role, expires_days: 1 })
  const send = async (body: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${app.url}/api/events`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, items: ((await response.json()) as { items: { seq: number; duplicate: boolean }[] }).items }
  }
  return { id, send }
}

const stored = (app: Served) => app.db.selectFrom('events').selectAll().where('source', '!=', 'local').orderBy('seq').execute()

describe('an event from elsewhere', () => {
  test('of a token named like an actor of this server does not pass for that actor', async () => {
    const app = await served()
    for (const name of ['owner', 'telltale', 'operator', 'viewer:ana', 'nas']) await (await sender(app, name)).send({ kind: 'reading.taken' })
    expect((await stored(app)).map(({ actor }) => actor)).toEqual(['owner/owner', 'telltale/telltale', 'operator/operator', 'viewer:ana/viewer:ana', 'nas'])
  })

  test('names no task and no actor of this server, whichever way it comes and whatever its kind', async () => {
    const app = await served()
    await app.json('/api/tasks', { title: 'x', command: 'true' })
    const { send } = await sender(app, 'sensor')
    await send([FORGED, { ...FORGED, source: 'lab' }, { ...FORGED, kind: 'reading.taken' }, CANCELLED])
    for (const kind of ['telltale', 'sse'] as const) {
      await take(app, { kind, name: `far-${kind}`, url: 'http://x', token: undefined, kinds: [], since: 'now' }, [{ event: FORGED }])
    }
    await take(app, { kind: 'command', name: 'far-command', argv: ['true'], kinds: [] }, [{ event: FORGED }])
    await inbox(app).start()
    const name = '01JD0000000000000000000000.disk.json'
    writeFileSync(join(app.config.data, 'inbox', 'new', name), JSON.stringify(FORGED))
    await inbox(app).drain()
    await inbox(app).stop()
    await app.json('/api/events', { ...FORGED, source: 'own' })
    expect((await stored(app)).map(({ source, subject, actor }) => [source, subject, actor])).toEqual([
      ['sensor', 'task:t_1@sensor', 'sensor/owner'],
      ['sensor', 'task:t_1@sensor', 'sensor/owner'],
      ['sensor', 'task:t_1@sensor', 'sensor/owner'],
      ['sensor', 'source:sensor', 'sensor'],
      ['far-telltale', 'task:t_1@far-telltale', 'far-telltale/owner'],
      ['far-sse', 'task:t_1@far-sse', 'far-sse/owner'],
      ['far-command', 'task:t_1@far-command', 'far-command/owner'],
      ['disk', 'task:t_1@disk', 'disk/owner'],
      ['own', 'task:t_1@own', 'own/owner'],
    ])
    const json = { headers: { accept: 'application/json' } }
    expect((await app.json('/api/tasks/t_1/events', undefined, json)).body.items).toMatchObject([{ kind: 'task.created', source: 'local' }])
    expect(await (await app.ask('/ui/tasks/t_1')).text()).not.toContain('cancelled by owner')
  })

  test.each(['local', 'owner', 'telltale', 'operator:ana'])('has no local source or actor when its sender is named %s', async (name) => {
    const actor: Actor = { name: `ingest:${name}`, role: 'ingest', credential: 'token:1' }
    const event = foreign({ kind: 'a.b' }, { now: 0, sender: senderOf(actor), kinds: new Map() })
    expect(event.source).not.toBe('local')
    expect(event.actor).toMatch(/.\/./)
  })

  test('makes no panel stale but those that show every event, and wakes no claim', async () => {
    const app = await served()
    await app.json('/api/tasks', { title: 'x', command: 'true' })
    const page = await reading({ socketPath: app.socketPath }, '/ui/stream?watch=task:t_1&watch=home')
    await until(() => page.of('ready').length === 1)
    const versions = () => ['tasks', 'workers', 'queues', 'nav', 'home'].map((panel) => app.hub.version(panel))
    const before = versions()
    const { send } = await sender(app, 'sensor')
    await send(FORGED)
    const { seq } = (await stored(app))[0]!
    expect(versions()).toEqual([...before.slice(0, 4), seq])
    await app.json('/api/tasks/t_1/description', { description: 'new', version: 1 })
    await until(() => page.of('task:t_1-changed').length > 0)
    expect(page.of('task:t_1-changed').map(({ data }) => JSON.parse(data).seq)).toEqual([app.hub.head])
  })
})

describe('an id', () => {
  test('belongs to its sender: no other can use it, even under the same name', async () => {
    const app = await served()
    const [sensor, twin, other] = [await sender(app, 'nas'), await sender(app, 'nas'), await sender(app, 'other')]
    const event = { kind: 'backup.finished', source_id: 'b1' }
    const answers = []
    for (const send of [other.send, sensor.send, twin.send]) answers.push((await send({ ...event, source: 'nas' })).items[0])
    answers.push((await app.json('/api/events', { ...event, source: 'nas' })).body.items[0])
    expect(answers.map((item) => item?.duplicate)).toEqual([false, false, false, false])
    // The control: the same sender again.
    expect((await sensor.send(event)).items).toEqual([{ seq: answers[1]?.seq, duplicate: true }])
    expect((await stored(app)).map(({ source, source_id }) => [source, source_id])).toEqual([
      ['other', 'nas/b1'],
      ['nas', 'b1'],
      ['nas', 'b1'],
      ['nas', 'b1'],
    ])
  })

  test('of one program is no other program’s behind the same token', async () => {
    const app = await served()
    const { send } = await sender(app, 'gateway')
    const { items } = await send(['a', 'b', 'a'].map((source) => ({ kind: 'reading.taken', source, source_id: '1' })))
    expect(items.map(({ duplicate }) => duplicate)).toEqual([false, false, true])
  })

  test('of an event of another Telltale cannot be used by anyone else', async () => {
    const app = await served()
    const event = { kind: 'test.happened', source_id: '5.abcdefgh' }
    const { send } = await sender(app, 'sensor')
    await send(event)
    const remote = { url: 'http://x', token: undefined, kinds: [], since: 'now' } as const
    await take(app, { ...remote, kind: 'sse', name: 'feed' }, [{ event }])
    expect(await take(app, { ...remote, kind: 'telltale', name: 'far' }, [{ event }])).toMatchObject({ received: 1 })
    // The control: it came from a Telltale already.
    expect(await take(app, { ...remote, kind: 'telltale', name: 'round' }, [{ event }])).toMatchObject({ duplicates: 1 })
  })
})

test('a file in the inbox named "local" is no event of this server', async () => {
  const app = await served()
  for (const folder of ['tmp', 'new', 'bad']) mkdirSync(join(app.config.data, 'inbox', folder), { recursive: true })
  writeFileSync(join(app.config.data, 'inbox', 'new', '01JD0000000000000000000000.local.json'), '{"kind":"a.b"}')
  await inbox(app).drain()
  expect([inbox(app).stats.taken, inbox(app).stats.bad]).toEqual([0, 1])
})
