import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { endWorkersOf } from '../support/leftovers.ts'
import { type ServerProcess, serve, telltale } from '../support/process.ts'
import { temporaryFolder, until } from '../support/server.ts'
import { reading } from '../support/wire.ts'

const DISK = '24m'
const FULL = 'The disk is full. Nothing was changed; free some space and try again.'
const TROUBLE = 'The disk is full. Nothing can be saved until there is space again; pages still show existing data.'
/** Long enough that no lease expires on a busy machine. */
const LEASE = ['--lease-ms', '600000']
/** More than a file system may keep in partly used blocks. */
const LONG = 'x'.repeat(19_000)
const CHUNK = Buffer.alloc(300_000, 'y')

/** A way to leave a running server without room, and to give it some again. */
interface Way {
  name: string
  isHere: boolean
  /** Prepares the folder before the server starts. */
  prepare(folder: string): void
  fill(folder: string, server: ServerProcess): void
  free(folder: string, server: ServerProcess): void
}

const succeeds = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const limit = (bytes: number | 'unlimited', pid: number) => expect(succeeds('prlimit', '--pid', String(pid), `--fsize=${bytes}:`)).toBe(true)

const WAYS: Way[] = [
  {
    name: 'a small disk',
    isHere: process.getuid?.() === 0 && succeeds('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'),
    prepare(folder) {
      expect(succeeds('mount', '-t', 'tmpfs', '-o', `size=${DISK},mode=0700`, 'tmpfs', folder)).toBe(true)
      onTestFinished(() => void spawnSync('umount', ['--lazy', folder]))
    },
    fill(folder) {
      expect(() => {
        for (;;) appendFileSync(join(folder, 'filler'), Buffer.alloc(65_536))
      }).toThrow('ENOSPC')
    },
    free: (folder) => rmSync(join(folder, 'filler')),
  },
  {
    name: 'a limit on the size of a file',
    isHere: succeeds('prlimit', '--pid', String(process.pid)),
    prepare() {},
    fill: (_, { child }) => limit(1, child.pid as number),
    free: (_, { child }) => limit('unlimited', child.pid as number),
  },
]
/** The first that this machine allows. */
const HERE = WAYS.filter(({ isHere }) => isHere).slice(0, 1)

/** A server in such a folder, and requests of its owner. */
async function serverIn(folder: string, way: Way) {
  mkdirSync(folder)
  way.prepare(folder)
  const data = join(folder, 'data')
  onTestFinished(() => endWorkersOf(data))
  const server = await serve(data, { flags: LEASE })
  onTestFinished(() => server.end('SIGTERM'))
  const socketPath = join(data, 'control.sock')
  const send = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
      const sent = request({ socketPath, method, path, headers: { host: 'telltale', 'content-type': 'application/json', ...headers } }, async (answer) => {
        const text = Buffer.concat(await answer.toArray()).toString()
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text })
      })
      sent.once('error', reject).end(body)
    })
  const post = (path: string, body: object) => send('POST', path, JSON.stringify(body))
  const json = async (path: string) => JSON.parse((await send('GET', path, undefined, { accept: 'application/json' })).text)
  const made = async (path: string, body: object = {}) => JSON.parse((await post(path, body)).text)
  return { server, data, socketPath, send, post, json, made }
}

/** A task run by another program with its own worker; returns a function that sends its output. */
async function byHand({ made, post }: Awaited<ReturnType<typeof serverIn>>) {
  const worker_id = (await made('/api/workers', { name: 'hand', queues: ['hand'] })).item.id
  await made('/api/tasks', { command: 'true', queue: 'hand' })
  const { item, fence } = await made('/api/tasks/claim', { worker_id })
  await made(`/api/tasks/${item.id}/run`, { worker_id, fence })
  const hold = { worker_id, fence }
  return {
    id: item.id as string,
    print: (offset: number, data: Buffer) => post(`/api/tasks/${item.id}/log`, { ...hold, offset, data: data.toString('base64') }),
    beat: (more: object = {}) => post(`/api/tasks/${item.id}/heartbeat`, { ...hold, ...more }),
  }
}

describe.skipIf(HERE.length === 0)('a server whose disk is full', () => {
  test.each(HERE)('refuses what it cannot save, says so, and loses nothing that it acknowledged, with $name', async (way) => {
    const folder = join(temporaryFolder(), 'disk')
    const site = await serverIn(folder, way)
    const { server, socketPath, send, post, json, made } = site
    const gate = join(temporaryFolder(), 'gate')
    const worker = telltale('worker', '--data', site.data, '--name', 'real')
    onTestFinished(async () => {
      worker.child.kill('SIGKILL') // on a failure it would wait for a server that takes its report
      await worker.ended
    })
    const command = `echo before; until [ -e '${gate}' ]; do sleep 0.05; done; head -c ${CHUNK.length} /dev/zero | tr '\\0' y; echo after`
    const { id } = (await made('/api/tasks', { command })).item
    const log = async (of: string) => (await send('GET', `/api/tasks/${of}/log`)).text
    await until(async () => (await log(id)) === 'before\n', worker.output)
    const hand = await byHand(site)
    const page = await reading({ socketPath }, '/ui/stream?watch=home')
    await until(() => page.of('ready').length > 0)

    // Home is also told of output, at most every five seconds.
    const pulses = () => page.of('home-pulse').length
    const well = pulses()
    way.fill(folder, server)
    const acknowledged: string[] = []
    let refused = await post('/api/tasks', { command: 'true', description: LONG })
    for (; refused.status === 201; refused = await post('/api/tasks', { command: 'true', description: LONG }))
      acknowledged.push(JSON.parse(refused.text).item.id)
    expect([refused.status, refused.type, JSON.parse(refused.text)]).toEqual([503, 'application/problem+json', expect.objectContaining({ detail: FULL })])
    // A COMMIT that fails refuses its whole group.
    const before = await json('/api/hub')
    const together = await Promise.all(Array.from({ length: 16 }, () => post('/api/tasks', { command: 'true', description: LONG })))
    expect(together.map(({ status }) => status)).toEqual(Array(16).fill(503))
    const { seq, wakes } = await json('/api/hub')
    expect([seq, wakes]).toEqual([before.seq, before.wakes])
    const form = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
    const inBrowser = await send('POST', '/api/tasks', new URLSearchParams({ command: 'true', description: LONG }).toString(), form)
    expect([inBrowser.status, inBrowser.type, inBrowser.text.includes(FULL)]).toEqual([503, 'text/html; charset=UTF-8', true])
    const printed = await hand.print(0, CHUNK)
    expect([printed.status, JSON.parse(printed.text).detail]).toEqual([503, FULL])
    expect((await hand.beat()).status).toBe(200)
    writeFileSync(gate, '')
    await until(() => worker.output().includes('waiting for the server: The disk is full'), worker.output)
    for (const path of ['/tasks', '/home', '/hub', `/tasks/${id}`])
      expect([path, (await send('GET', path, undefined, { accept: 'text/html' })).status]).toEqual([path, 200])
    expect((await json('/api/hub')).troubles).toEqual([TROUBLE])
    expect((await json('/api/home')).trouble).toBe(TROUBLE)
    expect((await send('GET', '/ui/home')).text).toContain(TROUBLE)
    await until(() => pulses() > well)

    const full = pulses()
    way.free(folder, server)
    await until(() => pulses() > full, server.output)
    expect([(await json('/api/hub')).troubles, (await json('/api/home')).trouble]).toEqual([[], null])
    expect((await send('GET', '/ui/home')).text).not.toContain(TROUBLE)
    acknowledged.push((await made('/api/tasks', { command: 'true', description: LONG })).item.id)
    for (const each of acknowledged) expect((await json(`/api/tasks/${each}`)).item.description).toBe(LONG)
    expect((await hand.print(0, CHUNK)).status).toBe(200)
    expect(await log(hand.id)).toBe(CHUNK.toString())
    await until(async () => (await json(`/api/tasks/${id}`)).item.state === 'succeeded', worker.output)
    expect(await log(id)).toBe(`before\n${CHUNK}after\n`)
    expect(server.child.exitCode).toBeNull()
  })
})
