import { existsSync, renameSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { startPooler } from '../proxy/pooler.ts'
import { endWorkersOf } from '../support/leftovers.ts'
import { GUARDED, type Server, startPostgres } from '../support/postgres.ts'
import { serve } from '../support/process.ts'
import { telltale, temporaryFolder, until } from '../support/server.ts'

let postgres: Server
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

let made = 0
async function emptyDatabase(): Promise<string> {
  const name = `empty_${made++}`
  await postgres.query(`CREATE DATABASE ${name}`)
  return postgres.url(name)
}

async function started(url: string, workers = 0, data = join(temporaryFolder(), 'data')) {
  onTestFinished(() => endWorkersOf(data))
  const server = await serve(data, { flags: ['--database-url', url], workers })
  onTestFinished(() => server.end('SIGTERM'))
  const client = new Wire({ data })
  onTestFinished(() => client.close())
  return { ...server, data, client }
}

describe('a server on PostgreSQL', () => {
  test('runs a task with its own worker, shows it, streams its events, and keeps all of it over a restart', async () => {
    const url = await emptyDatabase()
    const first = await started(url, 1)
    const { body } = await first.client.call<{ item: { id: string } }>('POST', '/api/tasks', { command: 'echo from postgres' })
    const state = async (client: Wire) => (await client.call<{ item: { state: string } }>('GET', `/api/tasks/${body.item.id}`)).body.item.state
    await until(async () => (await state(first.client)) === 'succeeded', first.output)
    const events = await first.client.call<{ items: { kind: string; seq: number }[] }>('GET', '/api/events?order=asc&limit=100')
    expect(events.body.items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['task.created', 'task.state_changed']))
    expect(events.body.items.map(({ seq }) => seq)).toEqual(events.body.items.map(({ seq }) => seq).toSorted((a, b) => a - b))
    expect(existsSync(join(first.data, 'telltale.db'))).toBe(false)
    expect(first.output()).toMatch(/Database {3}postgres:\/\/127\.0\.0\.1:\d+\/empty_\d+\n/)
    await first.end('SIGTERM')
    const second = await started(url)
    expect(await state(second.client)).toBe('succeeded')
  })
})

test('a server whose PostgreSQL lacks pg_trgm starts, finds text, and says in doctor what is missing', async () => {
  const control = join(postgres.folder, 'programs/share/postgresql/extension/pg_trgm.control')
  renameSync(control, `${control}.away`)
  onTestFinished(() => renameSync(`${control}.away`, control))
  const { client, data } = await started(await emptyDatabase())
  await client.call('POST', '/api/tasks', { command: 'echo needle' })
  await client.call('POST', '/api/tasks', { command: 'echo hay' })
  const { body } = await client.call<{ items: { command: string }[] }>('GET', '/api/tasks?q=NEEDLE')
  expect(body.items.map(({ command }) => command)).toEqual(['echo needle'])
  const doctor = telltale('doctor', '--data', data)
  expect([await doctor.ended, doctor.output()]).toEqual([0, expect.stringMatching(/\nmissing {5}Without the extension pg_trgm .*\n/)])
})

describe('a failing start', () => {
  const refused = async (url: string) => {
    const data = join(temporaryFolder(), 'data')
    const it = telltale('serve', '--port', '0', '--data', data, '--database-url', url)
    const code = await it.ended
    expect(existsSync(data)).toBe(false)
    return [code, it.output().trim()]
  }

  test('because the URL is none ends with code 2 and names the flag', async () => {
    const [code, line] = await refused('mysql://here')
    expect([code, line]).toEqual([2, expect.stringMatching(/^telltale: --database-url must be a URL such as postgres:.*$/)])
  })

  test('because no server responds says where', async () => {
    expect(await refused('postgres://telltale@127.0.0.1:9/x')).toEqual([69, 'telltale: no PostgreSQL server responds at 127.0.0.1:9: ECONNREFUSED'])
  })

  test('because the password is wrong names the user, and not the password', async () => {
    await postgres.query(`CREATE ROLE ${GUARDED} LOGIN PASSWORD 'right'`)
    const url = `postgres://${GUARDED}:wrong@127.0.0.1:${postgres.port}/postgres`
    expect(await refused(url)).toEqual([69, `telltale: the database server at 127.0.0.1:${postgres.port} refuses the password of the user ${GUARDED}`])
  })

  test('because the database is missing, or the user may not create tables, says so', async () => {
    const place = `127.0.0.1:${postgres.port}`
    expect(await refused(postgres.url('nowhere'))).toEqual([69, `telltale: the database server at ${place} has no database nowhere; create it first`])
    await postgres.query('CREATE ROLE reader LOGIN')
    const [code, line] = await refused(postgres.url('postgres').replace('telltale@', 'reader@'))
    expect([code, line]).toEqual([69, expect.stringContaining('telltale: the user reader cannot create the tables in the database postgres')])
  })

  test('because the server is a standby says so', async () => {
    const standby = await startPostgres({ isStandby: true })
    onTestFinished(() => standby.stop())
    const line = 'telltale: the database server is a standby, which cannot be written; name the primary'
    expect(await refused(standby.url('postgres'))).toEqual([69, line])
  })

  test('because the server is too old names its version', async () => {
    const port = await older(postgres.port)
    const line = 'telltale: the database server is PostgreSQL 18.4; use 15 or newer'
    expect(await refused(`postgres://telltale@127.0.0.1:${port}/postgres`)).toEqual([69, line])
  })

  test('because a pooler gives each query another connection says so', async () => {
    const port = await startPooler(postgres.port, { user: 'telltale', database: 'postgres' })
    const line = `telltale: a connection pooler in transaction mode is at 127.0.0.1:${port}; name the database server itself, or use session mode`
    expect(await refused(`postgres://telltale@127.0.0.1:${port}/postgres`)).toEqual([69, line])
  })

  test('because the schema is newer ends with code 65 and changes nothing', async () => {
    const url = await emptyDatabase()
    await (await started(url)).end('SIGTERM')
    const name = new URL(url).pathname.slice(1)
    await postgres.query('INSERT INTO schema_version VALUES (999)', name)
    const [code, line] = await refused(url)
    expect([code, line]).toEqual([65, expect.stringMatching(/^telltale: the database is at version 999 and this program knows \d+: install a newer telltale$/)])
    expect((await postgres.query('SELECT max(version) AS version FROM schema_version', name)).rows).toEqual([{ version: 999 }])
  })

  test('because another server uses the database says so, and that server goes on', async () => {
    const url = await emptyDatabase()
    const first = await started(url)
    expect(await refused(url)).toEqual([69, 'telltale: another telltale server uses this database'])
    expect((await first.client.call('GET', '/api/tasks')).status).toBe(200)
  })
})

/** The port of the same server, whose version number reads as that of an older one. */
async function older(port: number): Promise<number> {
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()))
    near.pipe(far)
    far.on('data', (bytes) => near.write(Buffer.from(bytes.toString('latin1').replace('180004', '140004'), 'latin1')))
    far.on('close', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
  })
  return (proxy.address() as { port: number }).port
}
