import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connect, type Refused } from '../../src/client/index.js'
import { depthOf, indented, parseJson } from '../../src/input/json.ts'
import { inbox } from '../../src/intake/inbox.ts'
import { Upstreams } from '../../src/intake/upstream/upstreams.ts'
import { serving } from '../intake/upstream/nodes.ts'
import { until } from '../support/server.ts'
import { firehoseOf, served } from '../support/wire.ts'

/** Numbers that a double would change. */
const NUMBERS = '{"id":12345678901234567890,"far":1e400,"near":-1e-400,"list":[0.1000000000000000000055,{"n":9007199254740993}]}'
/** Numbers that it holds, in whatever way they are written. */
const EXACT = '[1,-0,1.50,1e3,2E-3,0.1,123456789012345,9007199254740992,1e21,"12345678901234567890","a\\\\\\"1e400"]'

describe('JSON from other programs', () => {
  test('keeps each number that a double would change as it was written, and no other', () => {
    expect(JSON.stringify(parseJson(NUMBERS))).toBe(NUMBERS)
    expect(JSON.stringify(parseJson(EXACT))).toBe(JSON.stringify(JSON.parse(EXACT)))
    expect(JSON.stringify(parseJson('{"__proto__":1e400,"a":{"__proto__":[1e400]}}'))).toBe('{"__proto__":1e400,"a":{"__proto__":[1e400]}}')
    expect(indented(NUMBERS, 1_000).replace(/\s/g, '')).toBe(NUMBERS)
  })

  test('is refused by its depth before it is built, and by nothing else that looks deep', () => {
    const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`
    expect(depthOf(nested(1_000))).toBe(1_000)
    expect(() => parseJson(nested(1_000), 1_000)).not.toThrow()
    expect(() => parseJson(nested(1_002), 1_000)).toThrow('nested deeper than 1,000 levels')
    expect(() => parseJson('['.repeat(1_000_000))).toThrow('nested deeper')
    expect(depthOf(JSON.stringify(`${'['.repeat(5_000)}\\"`))).toBe(0)
  })

  test.each(['', '{', '{"a":}', '12345678901234567890x', '01', '1e', '-', '"\\', '{"a":1e400,}', 'nul'])('is refused if it is invalid: %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})

describe('a number that a double would change', () => {
  test('is stored and sent as it was written by POST, a batch, CloudEvents, the inbox and the result of a task', async () => {
    const app = await served()
    const reader = await firehoseOf(app)
    const flat = await firehoseOf(app, '?shape=flat')
    const post = async (body: string, type = 'application/json') =>
      expect((await app.ask('/api/events', { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(200)
    await post(`{"kind":"reading.taken","payload":${NUMBERS}}`)
    await post(`[{"kind":"bus.event","payload":{"kind":"reading.taken","payload":${NUMBERS}}}]`)
    await post(`{"specversion":"1.0","id":"1","source":"/a","type":"reading.taken","data":${NUMBERS}}`, 'application/cloudevents+json')
    for (const folder of ['tmp', 'new', 'bad']) mkdirSync(join(app.config.data, 'inbox', folder), { recursive: true })
    writeFileSync(join(app.config.data, 'inbox', 'new', '01JD0000000000000000000000.disk.json'), `{"kind":"reading.taken","payload":${NUMBERS}}`)
    await inbox(app).drain()
    const rows = await app.db.selectFrom('events').select('payload').execute()
    expect(rows.map(({ payload }) => payload)).toEqual([NUMBERS, NUMBERS, NUMBERS, NUMBERS])
    await until(() => reader.seqs().length === 4 && flat.seqs().length === 4)
    for (const { data } of reader.of('reading.taken')) expect(data).toContain(`"payload":${NUMBERS}`)
    for (const { data } of flat.of('reading.taken')) expect(data).toContain(NUMBERS.slice(1))
    const history = await app.ask('/api/events', { headers: { accept: 'application/json' } })
    expect((await history.text()).split(NUMBERS)).toHaveLength(5)
  })

  test('comes through an upstream, whether its stream is events or lines', async () => {
    const url = await serving((request, response) => {
      const isLines = request.url === '/lines'
      response.writeHead(200, { 'Content-Type': isLines ? 'application/x-ndjson' : 'text/event-stream' })
      response.write(isLines ? `{"kind":"reading.taken","payload":${NUMBERS}}\n{"id":12345678901234567890}\n` : `event: reading.taken\ndata: ${NUMBERS}\n\n`)
    })
    const from = { token: undefined, kinds: [], since: 'now' } as const
    const app = await served({
      upstreams: [
        { ...from, kind: 'sse', name: 'events', url },
        { ...from, kind: 'ndjson', name: 'lines', url: `${url}/lines` },
      ],
    })
    const upstreams = new Upstreams(app)
    await upstreams.start()
    await until(() => upstreams.states().reduce((sum, { received }) => sum + received, 0) === 3)
    await upstreams.stop()
    const rows = await app.db.selectFrom('events').select(['source_id', 'payload']).where('kind', '=', 'reading.taken').execute()
    expect(rows.map(({ payload }) => payload)).toEqual([NUMBERS, NUMBERS])
    const line = await app.db.selectFrom('events').select(['source_id', 'payload']).where('kind', '=', 'lines.received').executeTakeFirst()
    expect(line).toEqual({ source_id: '12345678901234567890', payload: '{"id":12345678901234567890}' })
  })

  test('is refused where a known kind wants a number that can be counted with', async () => {
    const app = await served()
    const body = '{"kind":"budget.crossed","payload":{"budget_id":"b","level":"warn","spent_usd":1e400,"limit_usd":2}}'
    const { status } = await app.ask('/api/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(status).toBe(422)
    expect(
      (
        await app.ask('/api/tasks', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"title":"x","command":"true","timeout_s":1e400}',
        })
      ).status,
    ).toBe(422)
  })

  test('reaches a reader of the client library in the text of its event, and a BigInt reaches the log', async () => {
    const app = await served()
    const client = connect({ data: app.config.data, source: 'nas' })
    await client.publish('reading.taken', { id: 12345678901234567890n })
    const ended = new AbortController()
    for await (const event of client.subscribe({ since: '0', signal: ended.signal })) {
      expect(event.json).toContain('"payload":{"id":12345678901234567890}')
      expect(Object.keys(event)).not.toContain('json')
      ended.abort()
    }
    const refusal = (await client.publish('reading.taken', { far: Number.POSITIVE_INFINITY }).catch((error) => error)) as Refused
    expect(refusal.message).toContain('it contains Infinity')
    client.close()
  })
})
