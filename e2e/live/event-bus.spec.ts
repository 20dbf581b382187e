import { expect, test } from 'vitest'
import { BACK_MS, type Dashboard, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()

/** Listens on the page and collects the events there under `as`. */
const listen = (reader: Dashboard, kind: string, as: string) =>
  reader.page.evaluate(`window['${as}'] = []; window['on ${as}'] = (event) => window['${as}'].push(event); eventBus.on('${kind}', window['on ${as}'])`)
const unlisten = (reader: Dashboard, kind: string, as: string) => reader.page.evaluate(`eventBus.off('${kind}', window['on ${as}'])`)
const heard = (reader: Dashboard, as: string) => reader.page.evaluate<string[]>(`window['${as}'].map(({ payload }) => payload?.n ?? payload?.task_id)`)
const emit = (kind: string, n: number) => server.api('POST', '/api/events', { kind, payload: { n } })

test('the bus receives every kind, on a stream that is open only while there are listeners', async () => {
  const first = await open()
  const second = await first.tab()
  await eventually(() => server.streams()).toBe(1)
  await listen(first, 'task.created', 'created')
  await listen(second, '*', 'all')
  const id = await server.newTask({ title: 'heard of' })
  await emit('build.finished', 7)
  await eventually(() => heard(first, 'created')).toEqual([id])
  await eventually(() => heard(second, 'all')).toEqual([id, 7])
  await eventually(() => server.streams()).toBe(2)
  await eventually(() => first.page.evaluate('eventBus.isConnected()')).toBe(true)

  await unlisten(first, 'task.created', 'created')
  await eventually(() => server.streams()).toBe(2)
  await unlisten(second, '*', 'all')
  await eventually(() => server.streams()).toBe(1)
  await emit('build.finished', 8)
  await listen(first, 'build.finished', 'later')
  await emit('build.finished', 9)
  await eventually(async () => (await heard(first, 'later')).at(-1)).toBe(9)
  await eventually(() => heard(first, 'created')).toEqual([id])
})

test('a listener added to an open stream receives later events, and the others receive nothing twice', async () => {
  const first = await open()
  await listen(first, 'count.up', 'counted')
  for (let n = 1; n <= 3; n++) await emit('count.up', n)
  await eventually(() => heard(first, 'counted')).toEqual([1, 2, 3])
  const second = await first.tab()
  await emit('count.up', 4)
  await listen(second, 'count.up', 'counted')
  await emit('count.up', 5)
  await eventually(() => heard(second, 'counted')).toEqual([4, 5])
  await eventually(() => heard(first, 'counted')).toEqual([1, 2, 3, 4, 5])
})

for (const alone of [false, true]) {
  test(`nothing is missed and nothing comes twice over restarts of the server, ${alone ? 'on a connection of its own' : 'through the shared worker'}`, async () => {
    const reader = await open('/tasks', { alone })
    await listen(reader, 'count.up', 'counted')
    for (let n = 1; n <= 60; n++) {
      await emit('count.up', n)
      if (n % 20 !== 0) continue
      await server.down(n === 40 ? 'SIGTERM' : 'SIGKILL')
      await server.up()
    }
    const all = Array.from({ length: 60 }, (_, i) => i + 1)
    await eventually(() => heard(reader, 'counted'), BACK_MS).toEqual(all)
    await reader.isLive(BACK_MS)
    await emit('count.up', 61)
    await eventually(() => heard(reader, 'counted')).toEqual([...all, 61])
  })
}

test('a listener that throws does not stop the others', async () => {
  const reader = await open()
  await reader.page.evaluate(`eventBus.on('count.up', () => { throw new Error('mine alone') })`)
  await listen(reader, 'count.up', 'counted')
  await emit('count.up', 1)
  await eventually(() => heard(reader, 'counted')).toEqual([1])
  expect(reader.faults.splice(0).join()).toContain('mine alone')
})

test('invalid data is {}, a reset is reported, and a heartbeat is the time of the last one', async () => {
  const began = Date.now()
  const reader = await open('/tasks', { alone: true })
  const heartbeat = () => reader.page.evaluate<number | null>('eventBus.lastHeartbeat()')
  expect(await heartbeat()).toBeNull()
  const frames = ['event: ready\ndata: {}', 'event: broken.news\ndata: {oops', 'event: reset\ndata: {"epoch":"other","seq":3,"reason":"of a test"}']
  const bodies = [`${[...frames, 'event: bus.heartbeat\ndata: {"interval":10}'].join('\n\n')}\n\n`]
  // It reconnects as soon as this one ends, and then waits for ever.
  await reader.page.route('**/api/events?*', (route) => {
    const body = bodies.pop()
    return body === undefined ? undefined : route.fulfill({ contentType: 'text/event-stream', body })
  })
  await listen(reader, '*', 'all')
  await eventually(() => reader.page.evaluate('all')).toEqual([{}, { epoch: 'other', seq: 3, reason: 'of a test' }, { interval: 10 }])
  expect(await heartbeat()).toBeGreaterThanOrEqual(began)
  expect(await heartbeat()).toBeLessThanOrEqual(Date.now())
})

test('a surface fetches its panel again, and reports when it is in the page', async () => {
  const reader = await open()
  await eventually(() => reader.page.evaluate(`Object.keys(window).filter((name) => name.endsWith('Surface')).sort()`)).toEqual(['navSurface', 'tasksSurface'])
  await reader.page.locator('#event-bus-status').click()
  const id = await server.newTask({ title: 'asked for by a script' })
  const count = `document.querySelectorAll('#tasks tr[id$="${id}"]').length`
  await eventually(() => reader.page.evaluate(`(async () => [${count}, await tasksSurface.refresh(), ${count}])()`)).toEqual([0, undefined, 1])
  const [slow, fast] = [await reader.delayNext(PARTIAL), reader.page.evaluate(`(async () => { await tasksSurface.refresh() ; return 'done' })()`)]
  await slow.asked
  const next = await server.newTask({ title: 'after that was answered' })
  const again = reader.page.evaluate(`(async () => { await tasksSurface.refresh(); return document.querySelectorAll('#tasks tr[id$="${next}"]').length })()`)
  slow.deliver()
  expect(await fast).toBe('done')
  expect(await again).toBe(1)
})
