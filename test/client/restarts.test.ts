import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect, type Event } from '../../src/client/index.js'
import { until } from '../support/server.ts'
import { numbersBySource, publisher, Site, upTo } from './servers.ts'

/** More with `TELLTALE_RESTARTS=50`. */
const RESTARTS = Number(process.env.TELLTALE_RESTARTS ?? 4)

test(`over ${RESTARTS} restarts, half of them kills, with two programs publishing: none missing, none twice, in order`, async () => {
  const site = new Site()
  await site.start()
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const events: Event[] = []
  let connections = 0
  const options = { since: '0', lossless: true, signal: ended.signal, onReady: () => connections++ }
  const reading = (async () => {
    const reader = connect({ url: site.url, token: await site.token('viewer') })
    for await (const event of reader.subscribe(options)) if (event.kind !== 'access.changed') events.push(event)
  })()
  const programs = ['a', 'b'].map((source) => publisher(site.data, source, 2))
  for (const round of upTo(RESTARTS)) {
    const [before, seen] = [connections, events.length]
    await until(() => connections > 0 && events.length > seen + 5)
    await site.stop(round % 2 ? 'SIGKILL' : 'SIGTERM')
    await site.start()
    await until(() => connections > before)
  }
  for (const { child } of programs) child.kill('SIGTERM')
  await Promise.all(programs.map(({ child }) => once(child, 'close')))
  const told = programs.map((program) => program.told())
  await until(() => readdirSync(join(site.data, 'inbox/new')).length === 0 && events.length >= Math.max(...told))
  const log = await site.log()
  await until(() => events.length >= log.length)
  expect(events).toEqual(log)
  expect(numbersBySource(events)).toEqual({ a: upTo(told[0] as number), b: upTo(told[1] as number) })
  expect(connections).toBeGreaterThan(RESTARTS)
  ended.abort()
  await reading
})
