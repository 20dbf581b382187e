import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataFolder } from '../../src/cli/data-folder.ts'
import { Wire } from '../../src/client/wire.js'
import { endWorkersOf } from '../support/leftovers.ts'
import { LAUNCHER, temporaryFolder, until } from '../support/server.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string) => lstatSync(path).mode & 0o777

test('a folder of files that others can write is refused with advice, and left unchanged', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'telltale.db'), '')
  for (const mode of [0o777, 0o720, 0o1777]) {
    chmodSync(folder, mode)
    expect(() => makeDataFolder(folder)).toThrow(`chmod 700 ${folder}`)
    expect(modeOf(folder)).toBe(mode & 0o777)
  }
  // The control: others can look, and cannot write.
  chmodSync(folder, 0o755)
  expect([makeDataFolder(folder), modeOf(folder)]).toEqual([false, 0o700])
})

test('an empty folder of ours is closed to others', () => {
  const folder = temporaryFolder()
  chmodSync(folder, 0o777)
  makeDataFolder(folder)
  expect(modeOf(folder)).toBe(0o700)
})

test.runIf(isRoot)('a folder of another user is refused', () => {
  const folder = temporaryFolder()
  chownSync(folder, 65_534, 65_534)
  expect(() => makeDataFolder(folder)).toThrow('belongs to another user')
})

test('with umask 0, every file of the server is private, and a task inherits the umask', async () => {
  const data = join(temporaryFolder(), 'data')
  mkdirSync(data, { mode: 0o700 })
  for (const left of ['telltale.db', 'lock.db']) writeFileSync(join(data, left), '', { mode: 0o644 })
  const args = ['umask 0; exec "$0" "$@"', process.execPath, LAUNCHER, 'serve', '--port', '0', '--data', data]
  const child: ChildProcess = spawn('sh', ['-c', ...args], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    endWorkersOf(data)
  })
  const client = new Wire({ data })
  onTestFinished(() => client.close())
  const isThere = () =>
    client.call('GET', '/api/tasks').then(
      () => true,
      () => false,
    )
  await until(isThere)
  await client.call('POST', '/api/tasks', { command: 'echo printed; echo failed >&2; exit "$(umask)"' })
  const state = async () => (await client.call<{ item: { state: string } }>('GET', '/api/tasks/t_1')).body.item.state
  await until(async () => ['succeeded', 'failed'].includes(await state()))
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
  expect(files).toEqual(expect.arrayContaining(['telltale.db', 'telltale.db-wal', 'lock.db', 'control.sock', 'server.pid']))
  expect(files.filter((file) => (modeOf(join(data, file)) & 0o077) !== 0)).toEqual([])
  expect(await state()).toBe('succeeded')
})
