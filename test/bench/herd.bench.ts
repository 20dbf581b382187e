import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Open } from './support/contender.ts'
import { Child, median } from './support/process.ts'

export const question = `1,000 dashboards, each with a stream and a connection for requests, after one change: how often is the partial rendered, and
when does every dashboard have it? What does a GET of the cached partial cost, and a 304, compared with a bare node:http server
that sends the same bytes and headers? (Aims: one render, and at most 1.25 × the CPU.)`

const PAGES = 1_000
const CHANGES = 5
const GETS = 3_000
const CONNECTIONS = 32
const ROUNDS = 6
const MINUTE_MS = 60_000
/** How long the costs take at most: the etag, which they compare, changes with the minute. */
const COSTS_MS = 30_000

export async function measure() {
  const [contender, yardstick, pages] = [
    await Child.start('contender.ts', 'telltale'),
    await Child.start('contender.ts', 'kept'),
    await Child.start('dashboards.ts'),
  ]
  try {
    const open = await contender.call<Open>('open')
    const create = (title: string) => post(open, { title, command: 'true' })
    for (let i = 0; i < 50; i++) await create(`task ${i}`)
    return [{ ...(await refreshes(contender, pages, open, create)), ...(await costs(contender, yardstick, pages, open)) }]
  } finally {
    for (const child of [contender, yardstick, pages]) child.stop()
  }
}

async function refreshes(contender: Child, pages: Child, open: Open, create: (title: string) => Promise<void>) {
  await pages.call('open', { ...open, count: PAGES })
  const renders = async () => (await contender.call<{ renders: number }>('facts')).renders
  const [p50s, p99s, before] = [[] as number[], [] as number[], await renders()]
  for (let i = 0; i < CHANGES; i++) {
    const refreshed = pages.call<{ p50: number; p99: number }>('refreshed', PAGES)
    const began = Number(process.hrtime.bigint()) / 1e6
    await create(`change ${i}`)
    const at = await refreshed
    p50s.push(at.p50 - began)
    p99s.push(at.p99 - began)
  }
  const each = ((await renders()) - before) / CHANGES
  return { pages: PAGES, 'renders a change': each, 'p50 ms': median(p50s).toFixed(0), 'p99 ms': median(p99s).toFixed(0) }
}

/** The same GETs to both, in the order ABBA; the baseline sends the bytes of Telltale's response. */
async function costs(contender: Child, yardstick: Child, pages: Child, open: Open) {
  const headers = { ...open.headers, 'accept-encoding': 'br' }
  const left = MINUTE_MS - (Date.now() % MINUTE_MS)
  if (left < COSTS_MS) await pause(left)
  const kept = await raw({ ...open, path: '/ui/tasks', headers })
  await yardstick.call('keep', kept)
  const ways: [Child, Open][] = [
    [contender, { ...open, path: '/ui/tasks', headers }],
    [yardstick, { ...(await yardstick.call<Open>('open')), path: '/ui/tasks', headers }],
  ]
  const cost = async (name: string, more: Record<string, string>, status: number) => {
    const found: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      for (const i of round % 2 ? [1, 0] : [0, 1]) {
        const [server, way] = ways[i] as [Child, Open]
        const before = (await server.usage()).cpuMs
        const statuses = await pages.call<Record<number, number>>('ask', { ...way, headers: { ...headers, ...more }, count: GETS, connections: CONNECTIONS })
        if (statuses[status] !== GETS) throw new Error(`answered otherwise: ${JSON.stringify(statuses)}`)
        if (round > 0) found[i]?.push((((await server.usage()).cpuMs - before) * 1000) / GETS)
      }
    }
    const [ours, bare] = found.map(median) as [number, number]
    return { [`${name} µs`]: ours.toFixed(0), [`bare ${name} µs`]: bare.toFixed(0), [`${name} ratio`]: (ours / bare).toFixed(2) }
  }
  return { ...(await cost('GET', {}, 200)), ...(await cost('304', { 'if-none-match': String(kept.headers.etag) }, 304)) }
}

/** The response as it is on the wire, still compressed. */
function raw({ port, path, headers }: Open): Promise<{ headers: Record<string, string>; body: string }> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false }, async (answer) => {
      const { date: _, connection: __, 'keep-alive': ___, ...rest } = answer.headers as Record<string, string>
      resolve({ headers: rest, body: Buffer.concat(await answer.toArray()).toString('base64') })
    }).once('error', reject)
  })
}

async function post({ port, headers }: Open, body: unknown) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/tasks`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 201) throw new Error(`no task was made: ${answer.status}`)
}
