import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect, type Spooled } from '../../src/client/index.js'
import { inbox } from '../../src/intake/inbox.ts'
import { testApp } from '../support/app.ts'
import { temporaryFolder, until } from '../support/server.ts'
import { serving } from './upstream/nodes.ts'

const NAME = '01JD0000000000000000000000.disk.json'

function foldersIn(folder: string) {
  for (const name of ['tmp', 'new', 'bad']) mkdirSync(join(folder, name), { recursive: true })
  return { waiting: join(folder, 'new'), bad: join(folder, 'bad') }
}

test('the reason beside a refused file is never written through a link', async () => {
  const app = await testApp()
  const { waiting, bad } = foldersIn(join(app.config.data, 'inbox'))
  const [victim, missing] = [join(app.config.data, 'victim'), join(app.config.data, 'missing')]
  writeFileSync(victim, 'mine')
  const other = NAME.replace('disk', 'tape')
  symlinkSync(victim, join(bad, `${NAME}.reason`))
  symlinkSync(missing, join(bad, `${other}.reason`))
  mkdirSync(join(bad, 'third.json.reason'))
  for (const name of [NAME, other, 'third.json']) writeFileSync(join(waiting, name), 'no JSON')
  await inbox(app).drain()
  expect(readFileSync(victim, 'utf8')).toBe('mine')
  expect(existsSync(missing)).toBe(false)
  for (const name of [NAME, other]) {
    expect(lstatSync(join(bad, `${name}.reason`)).isFile()).toBe(true)
    expect(readFileSync(join(bad, `${name}.reason`), 'utf8')).toContain('it is not JSON')
  }
  // An obstacle to writing a reason blocks nothing; it is logged.
  expect([inbox(app).trouble, inbox(app).stats.bad, readdirSync(waiting)]).toEqual([undefined, 3, []])
  expect(app.lines.some((line) => line.includes('third.json') && line.includes('it is not JSON'))).toBe(true)
})

test('a spool sends no file that a link leads to, and writes no reason through one', async () => {
  const bodies: string[] = []
  const url = await serving((request, response) => {
    request.on('data', (chunk) => bodies.push(String(chunk)))
    request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"items":[{"seq":1,"duplicate":false}]}'))
  })
  const [spool, elsewhere] = [temporaryFolder(), temporaryFolder()]
  const { waiting, bad } = foldersIn(spool)
  const [secret, victim] = [join(elsewhere, 'secret'), join(elsewhere, 'victim')]
  writeFileSync(secret, '{"kind":"secret.told"}')
  writeFileSync(victim, 'mine')
  symlinkSync(secret, join(waiting, NAME))
  symlinkSync(victim, join(bad, `${NAME}.reason`))
  const client = connect({ url, token: 'x', source: 'disk', spool })
  onTestFinished(() => client.close())
  await until(() => readdirSync(waiting).length === 0)
  expect(await client.publish('reading.taken')).toEqual({ seq: 1, duplicate: false })
  expect(bodies.join('')).not.toContain('secret')
  expect([readFileSync(victim, 'utf8'), readFileSync(join(bad, `${NAME}.reason`), 'utf8')]).toEqual(['mine', 'it is a symbolic link\n'])
})

test('a client takes a url or a folder, not both: events in the inbox are from the account, not from the token', async () => {
  expect(() => connect({ url: 'http://127.0.0.1:9', token: 'x', data: temporaryFolder() })).toThrow('pass url or data, not both')
  const kept = await connect({ data: temporaryFolder(), source: 'nas' }).publishAuto('reading.taken', { id: 12345678901234567890n })
  expect(readFileSync((kept as Spooled).spooled, 'utf8')).toContain('{"id":12345678901234567890}')
})
