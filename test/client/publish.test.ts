import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect, type Published, Refused, type Spooled, type Target, Unreachable } from '../../src/client/index.js'
import { temporaryFolder, until } from '../support/server.ts'
import { answering, numbersBySource, Site, upTo } from './servers.ts'

const KIND = 'backup.finished'

function client(target: Target) {
  const made = connect(target)
  onTestFinished(() => made.close())
  return made
}

describe('publish', () => {
  test('resolves when the event is in the log, once for each source_id', async () => {
    const site = new Site()
    await site.start()
    const nas = client({ data: site.data, source: 'nas' })
    const at = new Date('2026-11-20T12:04:07.123Z')
    const first = await nas.publish(KIND, { n: 1 }, { source_id: 'b1', subject: 'host:nas', actor: 'cron', at })
    expect(first).toEqual({ seq: 1, duplicate: false })
    expect(await nas.publish(KIND, { n: 2 }, { source_id: 'b1' })).toEqual({ seq: 1, duplicate: true })
    expect(await client({ data: site.data, source: 'other' }).publish(KIND, {}, { source_id: 'b1', cause: 1 })).toEqual({ seq: 2, duplicate: false })
    const told = { source: 'nas', source_id: 'b1', subject: 'host:nas@nas', actor: 'nas/cron', at: at.toISOString(), payload: { n: 1 } }
    expect(await site.log()).toMatchObject([told, { source: 'other', cause: 1, payload: {} }])
  })

  test('throws what the server refuses, naming the field, and nothing is written', async () => {
    const site = new Site()
    await site.start()
    const refused = async (act: Promise<unknown>) => {
      const error = await act.catch((error) => error)
      expect(error).toBeInstanceOf(Refused)
      return error as Refused
    }
    const nas = client({ data: site.data, source: 'nas' })
    expect((await refused(nas.publish('task.deleted' as string, { task_id: 't_1' }))).fields).toHaveProperty('payload.reason')
    expect((await refused(nas.publish(KIND, { text: 'x'.repeat(70_000) }))).message).toContain('64 KiB')
    expect((await refused(client({ data: site.data, source: 'local' }).publish(KIND))).fields).toHaveProperty('source')
    expect((await refused(client({ url: site.url, token: await site.token('viewer') }).publish(KIND))).status).toBe(403)
    expect((await refused(client({ url: site.url }).publish(KIND))).status).toBe(401)
    expect(await site.log()).toEqual([])
  })

  test('refuses invalid events itself, also while the server is down', async () => {
    const nas = client({ data: temporaryFolder(), source: 'nas' })
    const wrong: [string, Promise<unknown>][] = [
      ['payload', nas.publishAuto(KIND, { text: 'half \ud83d' })],
      ['payload', nas.publishAuto(KIND, { '\ude00': 1 })],
      ['subject', nas.publishAuto(KIND, {}, { subject: 'two\nlines' })],
      ['source_id', nas.publishAuto(KIND, {}, { source_id: '' })],
      ['actor', nas.publishAuto(KIND, {}, { actor: '\udc00' })],
      ['at', nas.publishAuto(KIND, {}, { at: 'soon' })],
      ['cause', nas.publishAuto(KIND, {}, { cause: 1.5 })],
      ['payload', nas.publishAuto(KIND, [] as never)],
      ['payload', nas.publishAuto(KIND, { n: 1 / 0 })],
      ['payload', nas.publishAuto(KIND, { n: [Number.NaN] })],
    ]
    for (const [field, act] of wrong) {
      const error = (await act.catch((error) => error)) as Refused
      expect(Object.keys(error.fields)).toEqual([field])
    }
    await expect(nas.publishAuto(KIND, { text: 'x'.repeat(65_500) })).rejects.toThrow('cannot be stored on disk')
    expect(await nas.publishAuto(KIND, { text: 'whole 😀' })).toHaveProperty('spooled')
  })

  test('retries for a while under one id, and then reports that the server does not respond', async () => {
    const ids: string[] = []
    const url = await answering((req, res) => {
      req.on('data', (chunk) => ids.push(JSON.parse(chunk).source_id))
      req.on('end', () => (ids.length < 3 ? res.writeHead(503).end('{}') : res.end('{"items":[{"seq":9,"duplicate":false}]}')))
    })
    expect(await client({ url }).publish(KIND)).toEqual({ seq: 9, duplicate: false })
    expect([ids.length, new Set(ids).size]).toEqual([3, 1])
    await expect(client({ data: temporaryFolder() }).publish(KIND)).rejects.toThrow(Unreachable)
  })
})

describe('publishAuto', () => {
  test('stores events while the server is down; all arrive once, in order per source', async () => {
    const site = new Site()
    const sources = ['a', 'b/ü', 'c'].map((source) => client({ data: site.data, source }))
    const publish = (from: number, to: number) =>
      Promise.all(
        sources.flatMap((source) =>
          upTo(to)
            .slice(from)
            .map((n) => source.publishAuto(KIND, { n }, { source_id: `n${n}` })),
        ),
      )
    const isKept = (done: (Published | Spooled)[]) => done.every((each) => 'spooled' in each)
    expect(isKept(await publish(0, 120))).toBe(true)
    await site.start()
    await publish(120, 250)
    await site.stop('SIGKILL')
    expect(isKept(await publish(240, 300))).toBe(true)
    await site.start()
    await publish(300, 310)
    const isTaken = () => readdirSync(join(site.data, 'inbox/new')).length === 0
    await until(isTaken)
    // Nothing is stored any more, so a new event goes to the server, unless that is slow.
    let last = 310
    await until(async () => !isKept(await publish(last, ++last)))
    await until(isTaken)
    expect(numbersBySource(await site.log())).toEqual({ a: upTo(last), 'b/ü': upTo(last), c: upTo(last) })
  })

  test('waits for a silent server once, not once per event, and keeps the files private', async () => {
    const data = join(temporaryFolder(), 'data')
    mkdirSync(data)
    let asked = 0
    await answering(() => asked++, join(data, 'control.sock'))
    const nas = client({ data, source: 'nas' })
    const done = (await Promise.all(upTo(100).map((n) => nas.publishAuto(KIND, { n })))) as Spooled[]
    expect(asked).toBe(1)
    const names = readdirSync(join(data, 'inbox/new')).sort()
    expect(done.map(({ spooled }) => spooled)).toEqual(names.map((name) => join(data, 'inbox/new', name)))
    expect(names.map((name) => JSON.parse(readFileSync(join(data, 'inbox/new', name), 'utf8')).payload.n)).toEqual(upTo(100))
    expect(statSync(join(data, 'inbox/new', names[0] as string)).mode & 0o777).toBe(0o600)
    expect(['', 'new', 'tmp'].map((folder) => statSync(join(data, 'inbox', folder)).mode & 0o777)).toEqual([0o700, 0o700, 0o700])
  })

  test('overtakes no stored event of its source, whichever process stored it', async () => {
    const data = join(temporaryFolder(), 'data')
    const kept = (await client({ data, source: 'nas' }).publishAuto(KIND)) as Spooled
    await answering((_, res) => res.end('{"items":[{"seq":1,"duplicate":false}]}'), join(data, 'control.sock'))
    const [same, other] = [client({ data, source: 'nas' }), client({ data, source: 'other' })]
    /** At once, or on a busy machine after its first attempt has left the disk. */
    const isSent = (one: typeof same) =>
      until(async () => {
        const done = await one.publishAuto(KIND)
        if ('spooled' in done && done.spooled !== kept.spooled) rmSync(done.spooled)
        return 'seq' in done
      })
    const behind = (await same.publishAuto(KIND)) as Spooled
    expect(behind.spooled > kept.spooled).toBe(true)
    await isSent(other)
    rmSync(kept.spooled)
    expect(await same.publishAuto(KIND)).toHaveProperty('spooled')
    for (const name of readdirSync(join(data, 'inbox/new'))) rmSync(join(data, 'inbox/new', name))
    await isSent(same)
  })

  test('refuses one of many events alone, at once or when stored events are sent later', async () => {
    const site = new Site()
    await site.start()
    const nas = client({ data: site.data, source: 'nas' })
    const done = await Promise.allSettled(upTo(50).map((n) => nas.publishAuto(n === 30 ? ('task.deleted' as string) : KIND, { n })))
    const [waiting, bad] = ['new', 'bad'].map((folder) => join(site.data, 'inbox', folder)) as [string, string]
    await until(() => readdirSync(waiting).length === 0)
    const putAside = readdirSync(bad).filter((name) => name.endsWith('.json'))
    const refused = [
      ...done.flatMap(({ status }, n) => (status === 'rejected' ? [n] : [])),
      ...putAside.map((name) => JSON.parse(readFileSync(join(bad, name), 'utf8')).payload.n),
    ]
    expect(refused).toEqual([30])
    expect(numbersBySource(await site.log())).toEqual({ nas: upTo(50).filter((n) => n !== 30) })
  })
})

describe('publishAuto on another machine', () => {
  test('stores events in its own folder and sends them when the server is back', async () => {
    const site = new Site()
    await site.start()
    const [url, token] = [site.url, await site.token('ingest')]
    await site.stop()
    const spool = temporaryFolder()
    mkdirSync(join(spool, 'new'))
    writeFileSync(join(spool, 'new', '00000000000000000000000000.nas.json'), '{"kind":')
    const nas = client({ url, token, source: 'nas', spool })
    for (const n of upTo(40)) expect(await nas.publishAuto(KIND, { n })).toHaveProperty('spooled')
    nas.close()
    await site.start()
    const later = client({ url, token, source: 'nas', spool })
    for (const n of upTo(60).slice(40)) await later.publishAuto(KIND, { n })
    await until(() => readdirSync(join(spool, 'new')).length === 0)
    expect(numbersBySource(await site.log())).toEqual({ test: upTo(60) })
    expect(readdirSync(join(spool, 'bad'))).toEqual(['00000000000000000000000000.nas.json', '00000000000000000000000000.nas.json.reason'])
  })

  test('reports that the server does not respond if it has no folder to store an event', async () => {
    await expect(client({ url: 'http://127.0.0.1:9' }).publishAuto(KIND)).rejects.toThrow(Unreachable)
  })
})
