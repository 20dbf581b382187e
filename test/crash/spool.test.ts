import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { folderOf, judge, type Stored, spool } from '../intake/spool.ts'
import { launch, removeFolder, serve, temporaryFolder } from './server.ts'

/** More of them: npm run crash. */
const ROUNDS = Number(process.env.TELLTALE_SPOOLS ?? 4)
/** More rounds are made while no kill fell between insert and unlink. */
const MOST_ROUNDS = 30 + ROUNDS
const EVENTS = 6_000
/** Half of the kills fall within so long of the first file's end; a batch is inserted and removed in about this time. */
const LATEST_MS = 60
/** The other half fall where an event was seen in the log with its file still there, if that is seen so soon. */
const LOOK_MS = 500
const POLL_MS = 2
const DRAIN_MS = 240_000

test(`${ROUNDS} rounds of kill -9 while spooled events are taken lose none, double none, and keep each source’s order`, async () => {
  const data = join(temporaryFolder(), 'data')
  onTestFinished(() => removeFolder(join(data, '..')))
  const folder = folderOf(data)
  spool(data, EVENTS)
  let between = 0
  for (let round = 0; round < ROUNDS || (between === 0 && round < MOST_ROUNDS); round++) {
    const before = readdirSync(folder).length
    const server = launch('serve', '--port', '0', '--data', data, '--workers', '0')
    const ended = new Promise((resolve) => server.once('exit', resolve))
    await reached(() => readdirSync(folder).length < before || before === 0)
    if (round % 2 === 0) await seen(() => insertedAndThere(data), LOOK_MS)
    else await pause(Math.random() * LATEST_MS)
    server.kill('SIGKILL')
    await ended
    if (insertedAndThere(data)) between++
  }
  const server = await serve(data)
  onTestFinished(() => server.end('SIGKILL'))
  await reached(() => readdirSync(folder).length === 0)
  await server.end('SIGTERM')
  const stored = storedIn(data)
  expect(judge(stored, EVENTS)).toEqual([])
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
  expect(readdirSync(join(data, 'inbox', 'bad'))).toEqual([])
  // Without these the kills would have proved nothing: events that were in the log, and whose files were still there.
  expect(between).toBeGreaterThan(0)
  console.log(`${ROUNDS} rounds of kill -9 while ${EVENTS} spooled events were taken: ${between} times between insert and unlink`)
  // The control: one of them missing or twice would be found.
  for (const faulty of [stored.slice(1), [...stored, ...stored.slice(-1)]]) expect(judge(faulty, EVENTS).length).toBeGreaterThan(0)
})

/** Whether the event of a first file is already in the log; the second of a pair is a duplicate anyway. */
function insertedAndThere(data: string): boolean {
  const file = new Database(join(data, 'telltale.db'), { readonly: true })
  try {
    const find = file.prepare('SELECT seq FROM events WHERE source = ? AND source_id = ?')
    const first = readdirSync(folderOf(data))
      .sort()
      .find((name) => Number(name.slice(4, 26)) % 2 === 0)
    if (first === undefined) return false
    const { source, source_id } = JSON.parse(readFileSync(join(folderOf(data), first), 'utf8'))
    return find.get(source, source_id) !== undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false // taken by a running server in the meantime
    throw error
  } finally {
    file.close()
  }
}

function storedIn(data: string): Stored[] {
  const file = new Database(join(data, 'telltale.db'), { readonly: true })
  try {
    const rows = file.prepare('SELECT seq, source, payload FROM events ORDER BY seq').all() as { seq: number; source: string; payload: string }[]
    return rows.map(({ seq, source, payload }) => ({ seq, source, n: JSON.parse(payload).n }))
  } finally {
    file.close()
  }
}

async function reached(isSo: () => boolean) {
  if (!(await seen(isSo, DRAIN_MS))) throw new Error('waited in vain')
}

async function seen(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  for (; performance.now() < deadline; await pause(POLL_MS)) if (isSo()) return true
  return false
}
