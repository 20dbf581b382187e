import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configFrom } from '../../../src/config/config.ts'
import { upstreamsFrom } from '../../../src/config/upstreams.ts'
import { PACE } from '../../../src/intake/upstream/upstream.ts'
import { Upstreams } from '../../../src/intake/upstream/upstreams.ts'
import { testApp } from '../../support/app.ts'
import { temporaryFolder, until } from '../../support/server.ts'
import { serving } from './nodes.ts'

const QUICK = { ...PACE, firstMs: 10, longestMs: 50, refusedMs: 50 }

test('an upstream whose token is not set, or is no token, is refused by itself, and the others are read', async () => {
  let asked = 0
  const url = await serving((_, response) => {
    asked++
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: build.finished\ndata: {}\n\n')
  })
  const file = join(temporaryFolder(), 'telltale.config.json')
  const entries = [
    { name: 'missing', sse: url, token_env: 'MISSING' },
    { name: 'broken', sse: url, token_env: 'BROKEN' },
    { name: 'good', sse: url },
  ]
  writeFileSync(file, JSON.stringify({ upstreams: entries }))
  const config = upstreamsFrom(configFrom(['--config', file], {}), (name) => ({ BROKEN: 'two words\n' })[name])
  const app = await testApp({ upstreams: config })
  const upstreams = new Upstreams(app, QUICK)
  onTestFinished(() => upstreams.stop())
  await upstreams.start()
  const health = () => app.db.selectFrom('events').select(['subject', 'payload']).where('kind', '=', 'component.health_changed').execute()
  await until(async () => upstreams.states()[2]?.received === 1 && (await health()).length === 3)
  expect(upstreams.states()).toMatchObject([
    { state: 'refused', last_error: 'the variable MISSING, which holds its token, is not set; set it and restart', next_try_ms: null, retries: 0 },
    { state: 'refused', last_error: 'the variable BROKEN must be one word of plain characters; correct it and restart', next_try_ms: null },
    { state: 'live', last_error: null },
  ])
  expect(asked).toBe(1)
  const missing = (await health()).find(({ subject }) => subject === 'component:upstream:missing')
  expect(JSON.parse(missing?.payload ?? '{}')).toMatchObject({ available: false, state: 'refused', reason: expect.stringContaining('MISSING') })
  await upstreams.stop()
  expect(upstreams.states().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
})

test('an id of any characters comes back as the bytes that it was; one that no header carries moves no cursor', async () => {
  const ids = ['é😀', '\u00ff', 'a b', 'bell \u0007', 'x'.repeat(5_000), 'last']
  const cursors: (string | undefined)[] = []
  const url = await serving((request, response) => {
    const header = request.headers['last-event-id'] as string | undefined
    cursors.push(header && Buffer.from(header, 'latin1').toString())
    const id = ids[cursors.length - 1]
    response
      .writeHead(200, { 'Content-Type': 'text/event-stream' })
      .write(id === undefined ? ': nothing more\n\n' : `retry: 10\nid: ${id}\nevent: build.finished\ndata: {}\n\n`)
    if (id !== undefined) response.end()
  })
  const app = await testApp({ upstreams: [{ kind: 'sse', name: 'feed', url, token: undefined, kinds: [], since: 'now' }] })
  const upstreams = new Upstreams(app, QUICK)
  onTestFinished(() => upstreams.stop())
  await upstreams.start()
  await until(() => cursors.length > ids.length)
  expect(cursors.slice(0, 7)).toEqual([undefined, 'é😀', '\u00ff', 'a b', 'a b', 'a b', 'last'])
  // Each is an event all the same; an id that is no name in the log is known again by its digest.
  const rows = await app.db.selectFrom('events').select('source_id').where('source', '=', 'feed').orderBy('seq').execute()
  expect(rows.map(({ source_id }) => source_id?.slice(0, 8))).toEqual(
    ['é😀', '\u00ff', 'a b', 'sha256:4', 'sha256:7', 'last'].map((id) => (id.startsWith('sha') ? expect.stringMatching(/^sha256:/) : id)),
  )
})

test('a stored cursor that no header carries does not keep an upstream from being read', async () => {
  const url = await serving((_, response) => void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: build.finished\ndata: {}\n\n'))
  const app = await testApp({ upstreams: [{ kind: 'sse', name: 'feed', url, token: undefined, kinds: [], since: 'now' }] })
  await app.mutate({ actor: { name: 'test', role: 'admin' } }, ({ db }) =>
    db.insertInto('upstream_cursors').values({ name: 'feed', cursor: 'a\u0001\nb', at: 0 }).execute(),
  )
  const upstreams = new Upstreams(app, QUICK)
  onTestFinished(() => upstreams.stop())
  await upstreams.start()
  await until(() => upstreams.states()[0]?.received === 1)
})
