import { expect, test } from 'vitest'
import { Credentials } from '../../src/access/credentials.ts'
import { create, revoke } from '../../src/access/tokens.ts'
import type { Actor } from '../../src/log/actor.ts'
import { owner, testApp } from '../support/app.ts'

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
