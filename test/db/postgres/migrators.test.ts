import { randomBytes } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/db/index.ts'
import { declaredBy } from '../../../src/http/slice.ts'
import { slices } from '../../../src/slices.ts'
import { once } from '../../support/postgres.ts'

const SERVERS = 8

test('eight servers that start at once on an empty database all open it, and each migration is applied once', async () => {
  const name = `migrators_${randomBytes(4).toString('hex')}`
  const urlOf = (database: string) => `postgres://telltale@127.0.0.1:${inject('postgres')}/${database}`
  await once(urlOf('postgres'), `CREATE DATABASE ${name}`)
  onTestFinished(async () => {
    await once(urlOf('postgres'), `DROP DATABASE ${name} WITH (FORCE)`)
  })
  const declared = declaredBy(slices)
  const marks = { name: 'marks 1', sql: { sqlite: '', postgres: 'CREATE TABLE marks (at bigint)' } }
  const opened = await Promise.allSettled(
    Array.from({ length: SERVERS }, () => openDatabase(urlOf(name), { ...declared, migrations: [...declared.migrations, marks] })),
  )
  const databases = opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const epochs = await Promise.all(databases.map(({ reader }) => reader.selectFrom('meta').selectAll().where('key', '=', 'epoch').execute()))
  await Promise.all(databases.map((database) => database.close()))
  expect(opened.flatMap((one) => (one.status === 'rejected' ? String(one.reason) : []))).toEqual([])
  expect(new Set(epochs.flat().map(({ value }) => value)).size).toBe(1)
  const { rows } = await once(urlOf(name), 'SELECT version FROM schema_version ORDER BY version')
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, i) => i + 1))
  expect((await once(urlOf(name), 'SELECT FROM slice_migrations')).rowCount).toBe(declared.migrations.length + 1)
})
