import { expect, test } from 'vitest'
import { until } from '../../support/server.ts'
import { Node } from './nodes.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const numbers = (events: { payload: { n: number } }[]) => events.map(({ payload }) => payload.n)

/** More with `TELLTALE_RESTARTS=10`. */
const ROUNDS = Number(process.env.TELLTALE_RESTARTS ?? 3)

test(`what B receives is in A once and in order, through ${ROUNDS} restarts of each at random places`, async () => {
  const [a, b] = [await Node.of('a'), await Node.of('b')]
  await a.read(b)
  const events = 30
  for (let round = 0; round < ROUNDS; round++) {
    const places = [a, b].map((node) => ({ node, at: Math.floor(Math.random() * events) }))
    const restarts: Promise<void>[] = []
    for (const n of upTo(events)) {
      for (const { node, at } of places) if (at === n) restarts.push(node.restart(round % 3 === 2 ? 'SIGTERM' : 'SIGKILL'))
      await b.post(round * events + n)
    }
    await Promise.all(restarts)
  }
  const last = ROUNDS * events - 1
  await a.hears('test.happened', ({ payload }) => payload.n === last)
  const heard = await a.tests()
  expect(numbers(heard)).toEqual(upTo(last + 1))
  const origins = await b.tests()
  const { body } = await b.client.call<{ epoch: string }>('GET', '/api/events?limit=1')
  expect(heard.map(({ source_id }) => source_id)).toEqual(origins.map(({ seq }) => `${seq}.${body.epoch}`))
  expect(heard[0]).toMatchObject({ source: 'b', subject: 'test:0@poster@b', actor: `b/${origins[0]?.actor}` })
})

test('two servers that read each other have each event once, and none of their own twice', async () => {
  const [a, b] = [await Node.of('a'), await Node.of('b')]
  await a.read(b)
  await b.read(a)
  await a.hears('component.health_changed', ({ source, payload }) => source === 'b' && payload.component_id === 'upstream:a' && payload.available)
  for (const n of upTo(20)) await Promise.all([a.post(n), b.post(100 + n)])
  await a.hears('test.happened', ({ payload }) => payload.n === 119)
  await b.hears('test.happened', ({ payload }) => payload.n === 19)
  // Anything that loops would have returned before these, the last on either side.
  await Promise.all([a.post(20), b.post(120)])
  await a.hears('test.happened', ({ payload }) => payload.n === 120)
  await b.hears('test.happened', ({ payload }) => payload.n === 20)
  for (const node of [a, b]) {
    const tests = await node.tests()
    expect(numbers(tests).sort((x, y) => x - y)).toEqual([...upTo(21), ...upTo(21).map((n) => 100 + n)])
    const foreign = (await node.log()).filter(({ source }) => source !== 'local').map(({ source_id }) => source_id ?? '')
    const { epoch } = (await node.client.call<{ epoch: string }>('GET', '/api/events?limit=1')).body
    expect(new Set(foreign).size).toBe(foreign.length)
    expect(foreign.filter((id) => id.endsWith(`.${epoch}`))).toEqual([])
  }
})

test('three servers in a ring have each event once, wherever it was written', async () => {
  const [a, b, c] = [await Node.of('a'), await Node.of('b'), await Node.of('c')]
  await a.read(b)
  await b.read(c)
  await c.read(a)
  const nodes = [a, b, c]
  for (const n of upTo(10)) await Promise.all(nodes.map((node, i) => node.post(i * 100 + n)))
  const all = nodes.flatMap((_, i) => upTo(10).map((n) => i * 100 + n))
  for (const node of nodes) {
    await until(
      async () => (await node.tests()).length >= all.length,
      () => `${node.name} has not all`,
    )
  }
  // Once more round the ring: what would have come back has come by now.
  for (const [i, node] of nodes.entries()) {
    await node.post(900 + i)
    for (const other of nodes) await other.hears('test.happened', ({ payload }) => payload.n === 900 + i)
  }
  for (const node of nodes) expect(numbers(await node.tests()).sort((x, y) => x - y)).toEqual([...all, 900, 901, 902])
  const far = (await a.tests()).find(({ payload }) => payload.n === 200)
  expect(far).toMatchObject({ source: 'b', subject: 'test:200@poster@c@b' })
})

test('an upstream is read once, however many readers this server has', async () => {
  const [a, b] = [await Node.of('a'), await Node.of('b')]
  await a.read(b)
  const readers = await Promise.all(upTo(5).map(() => a.client.stream('/api/events', { headers: { accept: 'text/event-stream' } })))
  for (const reader of readers)
    reader.setEncoding('utf8').on('data', (text) => Object.assign(reader, { heard: `${(reader as { heard?: string }).heard ?? ''}${text}` }))
  await b.post(1)
  for (const reader of readers) await until(() => ((reader as { heard?: string }).heard ?? '').includes('"subject":"test:1@poster@b"'))
  const { body } = await b.client.call<{ streams: number }>('GET', '/api/hub')
  expect(body.streams).toBe(1)
  for (const reader of readers) reader.destroy()
})
