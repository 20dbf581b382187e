import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Wire } from '../../src/client/wire.js'
import { removeFolder, serve, temporaryFolder } from '../crash/server.ts'
import { until } from '../support/server.ts'
import { folderOf, judge, nameOf, type Stored, spoil, spool } from './spool.ts'

const EVENTS = 10_000

interface Page {
  items: { seq: number; source: string; payload: { n: number } }[]
  next: string | null
}

async function stored(client: Wire): Promise<Stored[]> {
  const all: Stored[] = []
  for (let url: string | null = '/api/events?order=asc&limit=500&kinds=reading.taken'; url; ) {
    const { items, next }: Page = (await client.call<Page>('GET', url)).body
    all.push(...items.map(({ seq, source, payload }) => ({ seq, source, n: payload.n })))
    url = next
  }
  return all
}

test(`${EVENTS.toLocaleString('en')} events that were spooled while the server was down arrive once, in order; what is no event is put aside with a reason`, async () => {
  const data = join(temporaryFolder(), 'data')
  onTestFinished(() => removeFolder(join(data, '..')))
  spool(data, EVENTS)
  const bad = spoil(data, EVENTS)
  const folder = folderOf(data)
  const server = await serve(data)
  onTestFinished(() => server.end('SIGKILL'))
  const left = () => readdirSync(folder)
  await until(
    () => left().length === 0,
    () => `${left().length} files are left, the first of them ${left()[0]}`,
  )

  const events = await stored(server.client)
  expect(judge(events, EVENTS)).toEqual([])
  expect(events.filter(({ source }) => source.startsWith('bad'))).toEqual([])
  const aside = join(data, 'inbox', 'bad')
  const names = Object.keys(bad)
  expect(
    readdirSync(aside)
      .filter((name) => !name.endsWith('.reason'))
      .sort(),
  ).toEqual(names.sort())
  const reasons = readdirSync(aside, 'latin1').filter((name) => name.endsWith('.reason'))
  expect(reasons).toHaveLength(names.length)
  for (const name of names) {
    const reason = readFileSync(reasonOf(aside, name), 'utf8')
    expect(`${name}: ${reason}`).toMatch(bad[name] as RegExp)
    expect(reason.trim().split('\n')).toHaveLength(1)
  }
  // New files are read at once; the control: one that is not yet renamed is not.
  writeFileSync(join(data, 'inbox', 'tmp', nameOf(EVENTS * 2, 'late')), '{"source":"late"')
  writeFileSync(join(folder, nameOf(EVENTS * 2 + 2, 'late')), JSON.stringify({ source: 'late', kind: 'door.opened' }))
  await until(() => left().length === 0)
  expect(existsSync(join(data, 'inbox', 'tmp', nameOf(EVENTS * 2, 'late')))).toBe(true)
  rmSync(join(data, 'elsewhere.json'))
})

/** A name that is too long for another ending is cut to make room for it; one that is no text keeps its bytes. */
const reasonOf = (aside: string, name: string) =>
  Buffer.concat([
    Buffer.from(join(aside, '/')),
    Buffer.from(name.slice(0, 255 - '.reason'.length).replaceAll('\ufffd\ufffd', '\xff\xfe'), 'latin1'),
    Buffer.from('.reason'),
  ])
