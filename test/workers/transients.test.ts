import { expect, test } from 'vitest'
import * as lifecycle from '../../src/workers/lifecycle.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { until } from '../support/processes.ts'
import { Site } from '../worker/site.ts'

interface Told {
  kind: string
  payload: { name: string; transient_kind?: string; ok?: boolean; error?: string }
}

const LOG = '/api/events?order=asc&limit=500'

/** The events of each lifecycle action, in order: its kind when it was set, and how it ended. */
const inWords = (events: readonly Told[]) =>
  events.filter(({ kind }) => kind.startsWith('transient.')).map(({ payload: { transient_kind, ok, error } }) => transient_kind ?? (ok ? 'ok' : error))

const toldBy = async (app: TestApp) => inWords((await app.json(LOG, undefined, { headers: { accept: 'application/json' } })).body.items)
const seen = async (app: TestApp) => {
  const { transient, transient_at } = (await app.json('/api/workers/w_1')).body.item
  return [transient, transient_at]
}
const launch = (app: TestApp) => lifecycle.announce(app, owner, lifecycle.Launch.parse({}))
const register = (app: TestApp, pid?: number) => app.json('/api/workers', { name: 'far', queues: ['default'], pid })

test('each action of a real worker is set and cleared once', async () => {
  const site = await Site.start('--workers', '1')
  const state = async () => (await site.seen().catch(() => undefined))?.state
  const press = (verb: string) => site.server.client.call('POST', `/api/workers/w_1/${verb}`, {})
  const told = async () => {
    const { body } = await site.server.client.call('GET', LOG, undefined, { headers: { accept: 'application/json' } })
    return inWords((body as { items: Told[] }).items)
  }
  const rest = (count: number) => until('its last action has ended', async () => (await told()).length === count)
  await until('the worker is idle', async () => (await state()) === 'idle')
  await rest(2)
  expect(await told()).toEqual(['spawning', 'ok'])
  await press('restart')
  await rest(4)
  process.kill((await site.seen()).pid as number, 'SIGKILL')
  await rest(6)
  await press('stop')
  await rest(8)
  await press('delete')
  expect(await told()).toEqual(['spawning', 'ok', 'restarting', 'ok', 'starting', 'ok', 'stopping', 'ok', 'destroying', 'ok'])
})

test('an action in progress is on the row and the page, and survives a reload', async () => {
  const app = await testApp()
  await launch(app)
  const began = new Date(app.time.now()).toISOString()
  app.time.pass(65_000)
  expect(await seen(app)).toEqual(['spawning', began])
  for (const path of ['/workers', '/workers/w_1']) {
    const page = await (await app.ask(path)).text()
    expect(page).toMatch(/#spinner[\s\S]*?Launching/)
    expect(page).toContain(`<time datetime="${began}" data-elapsed>01:05</time>`)
  }
  await lifecycle.hello(app, owner, 'w_1', { pid: 4012 })
  expect(await seen(app)).toEqual([null, null])
  expect(await (await app.ask('/workers')).text()).not.toContain('#spinner')
  expect(await toldBy(app)).toEqual(['spawning', 'ok'])
})

test('a process that never started ends its action as failed', async () => {
  const app = await testApp()
  await launch(app)
  await lifecycle.ended(app, 'w_1', 'its process ended with exit code 1')
  expect([await toldBy(app), await seen(app)]).toEqual([
    ['spawning', 'its process ended with exit code 1'],
    [null, null],
  ])
})

test('a stop is in progress until the worker says goodbye, or is silent for too long', async () => {
  const app = await testApp()
  await register(app, 4012)
  await app.json('/api/workers/w_1/stop', {})
  await app.json('/api/workers/w_1/force-stop', {})
  expect(await toldBy(app)).toEqual(['stopping'])
  await app.json('/api/workers/w_1/goodbye', {})
  expect(await toldBy(app)).toEqual(['stopping', 'ok'])

  const other = await testApp()
  await register(other, 4012)
  await other.json('/api/workers/w_1/stop', {})
  await loseSilent(other)
  expect(await toldBy(other)).toEqual(['stopping'])
  other.time.pass(30_000)
  await loseSilent(other)
  await loseSilent(other)
  expect(await toldBy(other)).toEqual(['stopping', 'it was silent for 30 s'])
})

test('a drained worker then stops, and a starting one can be stopped', async () => {
  const app = await testApp()
  await register(app, 4012)
  await app.json('/api/workers/w_1/drain', {})
  expect(await toldBy(app)).toEqual(['stopping'])

  const other = await testApp()
  await launch(other)
  await lifecycle.stop(other, owner, 'w_1')
  expect(await toldBy(other)).toEqual(['spawning', 'superseded by stopping', 'stopping', 'ok'])
})

test('an action that is refused does not begin', async () => {
  const app = await testApp()
  await register(app)
  await app.json('/api/workers/w_1/goodbye', {})
  const before = await app.logged()
  for (const verb of ['stop', 'restart', 'drain']) expect((await app.json(`/api/workers/w_1/${verb}`, {})).status).toBe(409)
  expect(await app.logged()).toEqual(before)
})
