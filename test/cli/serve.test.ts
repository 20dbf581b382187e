import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { running, telltale, temporaryFolder, until } from '../support/server.ts'

describe('a failing start', () => {
  const refused = async (...args: string[]) => {
    const it = telltale(...args)
    const code = await it.ended
    return { code, lines: it.output().trim().split('\n') }
  }

  test('because the port is in use says so in one line, and creates nothing', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await until(() => taken.listening)
    const data = join(temporaryFolder(), 'data')
    const { code, lines } = await refused('serve', '--port', String((taken.address() as { port: number }).port), '--data', data)
    expect([code, lines.length]).toEqual([1, 1])
    expect(lines[0]).toMatch(/^telltale: the port \d+ is in use/)
    expect(existsSync(data)).toBe(false)
    taken.close()
  })

  test('because the data folder cannot be written says so in one line', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const data of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      const { code, lines } = await refused('serve', '--port', '0', '--data', data)
      expect([code, lines.length]).toEqual([1, 1])
      expect(lines[0]).toContain(data)
    }
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('because another server has the folder names that server’s pid, at once', async () => {
    const first = await running()
    const { code, lines } = await refused('serve', '--port', '0', '--data', first.data)
    expect([code, lines]).toEqual([1, [`telltale: the data folder ${first.data} is in use by the server with pid ${first.child.pid}`]])
    expect((await first.client.call('GET', '/api/tasks')).status).toBe(200)
  })

  test('because the database is newer ends with code 65', async () => {
    const data = join(temporaryFolder(), 'data')
    mkdirSync(data)
    const file = new SQLite(join(data, 'telltale.db'))
    file.pragma('user_version = 999')
    file.close()
    const { code, lines } = await refused('serve', '--port', '0', '--data', data)
    expect([code, lines.length]).toEqual([65, 1])
    expect(lines[0]).toContain('install a newer telltale')
  })

  test.each([
    ['--port', 'eighty'],
    ['--colour', 'red'],
    ['--host', '0.0.0.0'],
    ['--lease-ms', '5'],
    ['--worker-queues', 'default,,mail'],
  ])('because of %s %s ends with code 2, and names the flag', async (flag, value) => {
    const { code, lines } = await refused('serve', flag, value)
    expect([code, lines.length]).toEqual([2, 1])
    expect(lines[0]).toContain(flag)
  })

  test('because the verb is unknown ends with code 2', async () => {
    expect((await refused('dance')).code).toBe(2)
  })
})

describe('a running server', () => {
  test('keeps its folder and socket to its owner', async () => {
    const { data } = await running()
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'control.sock')).mode & 0o777).toBe(0o600)
  })

  test('creates sign-in links and tokens for its owner', async () => {
    const { data, url } = await running()
    const link = telltale('open', '--data', data)
    expect(await link.ended).toBe(0)
    expect(link.output().trim()).toMatch(new RegExp(`^http://telltale-[a-z0-9]+\\.localhost:${new URL(url).port}/in#[\\w-]{43}$`))
    const made = telltale('token', 'create', '--role', 'viewer', '--name', 'phone', '--data', data)
    expect(await made.ended).toBe(0)
    const headers = { authorization: `Bearer ${made.output().trim()}` }
    expect((await fetch(`${url}/api/tasks`, { headers })).status).toBe(200)
    const id = made.output().split('_')[2] as string
    expect(await telltale('token', 'revoke', id, '--data', data).ended).toBe(0)
    expect((await fetch(`${url}/api/tasks`, { headers })).status).toBe(401)
  })

  test('lets its own workers take from the queues that it names, or from all', async () => {
    const queues = async (...args: string[]) => {
      const { client } = await running('--workers', '1', ...args)
      const launched = async () => (await client.call<{ items: { queues: string[] }[] }>('GET', '/api/workers')).body.items
      await until(async () => (await launched()).length === 1)
      return (await launched())[0]?.queues
    }
    expect([await queues(), await queues('--worker-queues', 'default, mail')]).toEqual([['*'], ['default', 'mail']])
    const help = telltale('serve', '--help')
    await help.ended
    expect(help.output()).toMatch(/--worker-queues +.*\(TELLTALE_WORKER_QUEUES, default \*\)/)
  })

  test('has no tokens at first, reports that, and its help names the default lifetime', async () => {
    const { data } = await running()
    const list = telltale('token', 'list', '--data', data)
    expect([await list.ended, list.output()]).toEqual([0, 'No tokens.\n'])
    const help = telltale('token', '--help')
    await help.ended
    expect(help.output()).toContain('lifetime in days, such as 7d (default: 90d)')
  })

  test('that cannot be reached ends the command with code 69', async () => {
    const it = telltale('open', '--data', temporaryFolder())
    expect([await it.ended, it.output()]).toEqual([69, expect.stringContaining('no server responds at')])
  })

  test('ends by a signal with an open stream, and sends it a last frame', async () => {
    const { url, data, child, ended } = await running()
    const made = telltale('token', 'create', '--role', 'viewer', '--name', 'page', '--data', data)
    await made.ended
    const stream = await fetch(`${url}/ui/stream`, { headers: { authorization: `Bearer ${made.output().trim()}` } })
    child.kill('SIGTERM')
    expect(await stream.text()).toContain('event: server-restarting')
    expect(await ended).toBe(0)
  })
})

test('a request without a body, or with one of unknown length, is read correctly', async () => {
  const { data, url } = await running()
  const made = telltale('token', 'create', '--role', 'admin', '--name', 'test', '--data', data)
  await made.ended
  const headers = { authorization: `Bearer ${made.output().trim()}`, 'content-type': 'application/json' }
  const chunked = (body: string) => fetch(`${url}/api/tasks`, { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' } as RequestInit)
  expect((await chunked('{"command":"true"}')).status).toBe(201)
  expect((await chunked(JSON.stringify({ command: 'x'.repeat(1_200_000) }))).status).toBe(413)
  const empty = await fetch(`${url}/api/tasks/t_1/cancel`, { method: 'POST', headers: { authorization: headers.authorization } })
  expect(empty.status).toBe(200)
})
