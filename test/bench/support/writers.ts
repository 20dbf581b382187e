import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configFrom } from '../../../src/config/config.ts'
import { openDatabase } from '../../../src/db/index.ts'
import { openFile } from '../../../src/db/sqlite/dialect.ts'
import { declaredBy } from '../../../src/http/slice.ts'
import { claim } from '../../../src/leases/claim.ts'
import { Finish } from '../../../src/leases/ending.ts'
import { finish } from '../../../src/leases/leases.ts'
import { OWNER } from '../../../src/log/actor.ts'
import { createSite } from '../../../src/site.ts'
import { slices } from '../../../src/slices.ts'
import { create } from '../../../src/tasks/new/create.ts'
import { NewTask } from '../../../src/tasks/new/new-task.ts'
import { Register, register } from '../../../src/workers/lifecycle.ts'
import { answer } from './process.ts'

/** Creates and claims tasks in Telltale, on PostgreSQL if a URL is given; and the same rows of a new task in a file of the same schema by better-sqlite3 alone. */
const data = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
process.on('exit', () => rmSync(data, { recursive: true, force: true }))
const [url] = process.argv.slice(2)
const app = await createSite({ config: { ...configFrom([], {}), data, workers: 0, 'database-url': url || undefined }, file: join(data, 'telltale.db'), slices })
const input = NewTask.parse({ title: 'Rebuild the index', command: 'make index' })
const createOne = () => create(app, { actor: OWNER }, input)
const bare = await bareWriter()

answer({
  async claims({ claimers, ms }: { claimers: number; ms: number }) {
    const ids = await Promise.all(Array.from({ length: claimers }, newWorker))
    const until = performance.now() + ms
    const began = performance.now()
    const taken: string[] = []
    await Promise.all(
      ids.map(async (worker_id) => {
        while (performance.now() < until) {
          const claimed = await claim(app, { actor: OWNER }, { worker_id, wait_s: 0 })
          if (!claimed) throw new Error('no task is left to claim')
          const { item, fence } = claimed.value
          taken.push(item.id)
          await finish(app, { actor: OWNER }, item.id, Finish.parse({ worker_id, fence, exit_code: 0 }))
        }
      }),
    )
    if (new Set(taken).size !== taken.length) throw new Error('a task was claimed twice')
    return { perSecond: (taken.length * 1000) / (performance.now() - began) }
  },
  async ours({ writers, ms }: { writers: number; ms: number }) {
    const before = { ...app.mutate.sizes }
    let made = 0
    const until = performance.now() + ms
    const began = performance.now()
    const write = async () => {
      while (performance.now() < until) {
        await createOne()
        made++
      }
    }
    await Promise.all(Array.from({ length: writers }, write))
    const perSecond = (made * 1000) / (performance.now() - began)
    const { groups, changes } = app.mutate.sizes
    return { perSecond, group: (changes - before.changes) / (groups - before.groups) }
  },
  bare({ ms }: { ms: number }) {
    let made = 0
    const began = performance.now()
    for (; performance.now() < began + ms; made++) bare()
    return { perSecond: (made * 1000) / (performance.now() - began) }
  },
})

const newWorker = async () => (await register(app, { actor: OWNER }, Register.parse({ name: 'bench' }))).value.id

/** Writes the rows of one new task and its event in a transaction, with prepared statements. */
async function bareWriter(): Promise<() => void> {
  await createOne()
  const path = join(data, 'bare.db')
  await (await openDatabase(path, declaredBy(slices))).close()
  const file = openFile(path)
  const inserts: (() => unknown)[] = []
  for (const table of ['tasks', 'events'] as const) {
    const row = (await app.db
      .selectFrom(table)
      .selectAll()
      .orderBy(table === 'tasks' ? 'number' : 'seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()) as Record<string, unknown>
    const generated = ['id', 'number', 'seq']
    const columns = Object.keys(row).filter((name) => !generated.includes(name))
    const statement = file.prepare(`insert into ${table} (${columns.map((name) => `"${name}"`).join(', ')}) values (${columns.map(() => '?').join(', ')})`)
    const values = columns.map((name) => row[name])
    inserts.push(() => statement.run(values))
  }
  return file.transaction(() => {
    for (const insert of inserts) insert()
  }).immediate
}
