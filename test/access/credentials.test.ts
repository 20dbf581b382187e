import { expect, test } from 'vitest'
import { Credentials } from '../../src/access/credentials.ts'
import { exchange, newLink, holderOf as sessionHolderOf, signOut } from '../../src/access/sessions.ts'
import { create, revoke } from '../../src/access/tokens.ts'
import type { Actor } from '../../src/log/actor.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const phone = { name: 'phone', role: 'viewer', expires_days: 1 } as const
const holderOf = (id: string): { actor: Actor } => ({ actor: { name: 'phone', role: 'viewer', credential: `token:${id}` } })

test('a credential is looked up once, until the event that it has ended', async () => {
  const app = await testApp()
  const { id } = await create(app, owner, phone)
  const credentials = new Credentials<{ actor: Actor }>(app, 'token:')
  let loads = 0
  const load = async () => {
    loads++
    return holderOf(id)
  }
  await credentials.get('hash', load)
  await create(app, owner, phone)
  await credentials.get('hash', load)
  expect(loads).toBe(1)
  await revoke(app, owner, id)
  expect(credentials.cached('hash')).toBeUndefined()
  await credentials.get('hash', load)
  expect(loads).toBe(2)
})

test('a credential that ends while it is looked up is not kept', async () => {
  const app = await testApp()
  const { id } = await create(app, owner, phone)
  const credentials = new Credentials<{ actor: Actor }>(app, 'token:')
  const load = async () => holderOf(id)
  await credentials.get('hash', async () => {
    await revoke(app, owner, id)
    return load()
  })
  expect(credentials.cached('hash')).toBeUndefined()
  await credentials.get('hash', load)
  expect(credentials.cached('hash')).toBeDefined()
})

const MINUTE_MS = 60_000

const asSession = async (app: TestApp) => {
  const secret = await exchange(app, await newLink(app))
  return { holder: () => sessionHolderOf(app, secret), end: (other: TestApp) => signOut(other, owner, secret) }
}

test('a session in use does not end by what its row says of its last use', async () => {
  const app = await testApp()
  const { holder } = await asSession(app)
  for (let minute = 0; minute < 4; minute++) {
    app.time.pass(MINUTE_MS)
    expect(await holder()).toBeDefined()
  }
  app.time.pass(12 * 60 * MINUTE_MS - MINUTE_MS)
  expect(await holder()).toBeDefined()
})
