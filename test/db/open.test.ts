import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderInUse, lockFolder } from '../../src/db/folder/lock.ts'
import { NewerDatabase, openDatabase } from '../../src/db/index.ts'
import { openFile } from '../../src/db/sqlite/dialect.ts'
import { LATEST, migrate, versionOf } from '../../src/db/sqlite/migrate.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-db-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('an acknowledged write is synced: WAL with synchronous=FULL, also after the first write', async () => {
  const database = await openDatabase(join(folder, 'a.db'))
  await database.close()
  const file = openFile(join(folder, 'a.db'))
  migrate(file)
  file.prepare("insert into meta values ('x', 'y')").run()
  expect(file.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(file.pragma('synchronous', { simple: true })).toBe(2)
  expect(file.pragma('foreign_keys', { simple: true })).toBe(1)
  file.close()
  // The control: left to itself, the library falls back to NORMAL.
  const plain = new SQLite(join(folder, 'b.db'))
  plain.pragma('journal_mode = WAL')
  plain.exec('create table t(x); insert into t values (1)')
  expect(plain.pragma('synchronous', { simple: true })).toBe(1)
  plain.close()
})

test('a database newer than the program is refused and left unchanged', async () => {
  const path = join(folder, 'a.db')
  await (await openDatabase(path)).close()
  const file = new SQLite(path)
  file.pragma('journal_mode = DELETE')
  file.pragma('user_version = 999')
  file.close()
  const before = readFileSync(path)
  await expect(openDatabase(path)).rejects.toThrow(NewerDatabase)
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('migrating twice changes nothing, and keeps the epoch', async () => {
  const path = join(folder, 'a.db')
  const first = await openDatabase(path)
  const epoch = (await first.reader.selectFrom('meta').select('value').where('key', '=', 'epoch').executeTakeFirstOrThrow()).value
  await first.close()
  const second = await openDatabase(path)
  expect((await second.reader.selectFrom('meta').select('value').where('key', '=', 'epoch').executeTakeFirstOrThrow()).value).toBe(epoch)
  await second.close()
  const file = openFile(path)
  expect(versionOf(file)).toBe(LATEST)
  file.close()
})

test('a folder has one owner, and a second server reports its pid', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(FolderInUse)
  expect(() => lockFolder(folder)).toThrow(String(process.pid))
  lock.release()
  lockFolder(folder).release()
})
