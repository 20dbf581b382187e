import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['east', 'south', 'west']

/** A name as a writer gives it: its first part grows with each file, as a ULID does. */
export const nameOf = (i: number, source: string) => `01JD${String(i).padStart(22, '0')}.${source}.json`

export const folderOf = (data: string) => join(data, 'inbox', 'new')

/** Spools this many numbered events of three sources, every tenth of them twice. */
export function spool(data: string, events: number) {
  const folder = folderOf(data)
  for (const name of ['tmp', 'new', 'bad']) mkdirSync(join(data, 'inbox', name), { recursive: true })
  for (let i = 0; i < events; i++) {
    const source = SOURCES[i % SOURCES.length] as string
    const n = Math.floor(i / SOURCES.length) + 1
    const text = JSON.stringify({ source, source_id: `${source} ${n}`, kind: 'reading.taken', payload: { n } })
    writeFileSync(join(folder, nameOf(i * 2, source)), text)
    if (i % 10 === 0) writeFileSync(join(folder, nameOf(i * 2 + 1, source)), text)
  }
}

/** Adds invalid files at random places in the order; returns the expected reason by name. */
export function spoil(data: string, events: number): Record<string, RegExp> {
  const folder = folderOf(data)
  const elsewhere = join(data, 'elsewhere.json')
  const good = JSON.stringify({ source: 'bad', kind: 'reading.taken' })
  writeFileSync(elsewhere, good)
  const faults: [why: RegExp, make: (path: string) => void][] = [
    [/not JSON, or was cut off/, (path) => writeFileSync(path, good.slice(0, -5))],
    [/not JSON, or was cut off/, (path) => writeFileSync(path, '')],
    [/symbolic link/, (path) => symlinkSync(elsewhere, path)],
    [/symbolic link/, (path) => symlinkSync('/nowhere', path)],
    [/not a regular file/, (path) => spawnSync('mkfifo', [path])],
    [/not a regular file/, (path) => mkdirSync(path)],
    [/another name elsewhere/, (path) => linkSync(elsewhere, path)],
    [/larger than 64 KiB/, (path) => giant(path, 2 ** 30)],
    [/larger than 64 KiB/, (path) => giant(path, 65_537)],
    [/kind/, (path) => writeFileSync(path, JSON.stringify({ source: 'bad', kind: 'nothing' }))],
    [/source/, (path) => writeFileSync(path, JSON.stringify({ source: 'local', kind: 'reading.taken' }))],
    [/kind/, (path) => writeFileSync(path, `[${good}]`)],
    [/task_id/, (path) => writeFileSync(path, JSON.stringify({ source: 'bad', kind: 'task.deleted', payload: {} }))],
  ]
  const expected: Record<string, RegExp> = {}
  const put = (name: string, why: RegExp, make: (path: string) => void) => {
    make(join(folder, name))
    expected[name] = why
  }
  for (const [i, [why, make]] of faults.entries()) put(nameOf(Math.floor(Math.random() * events) * 2, `bad${i}`), why, make)
  // A name that is no text, before all others: it may hold up none of them.
  writeFileSync(Buffer.concat([Buffer.from(join(folder, '01JC')), Buffer.from([0xff, 0xfe])]), good)
  expected['01JC\ufffd\ufffd'] = /does not end in \.json/
  put('no-json-at-all', /does not end in \.json/, (path) => writeFileSync(path, good))
  put(`01JD1.${'x'.repeat(244)}.json`, /source/, (path) => writeFileSync(path, JSON.stringify({ kind: 'reading.taken' })))
  return expected
}

/** A file of zeros that takes no room. */
function giant(path: string, bytes: number) {
  writeFileSync(path, '')
  truncateSync(path, bytes)
}

export interface Stored {
  seq: number
  source: string
  n: number
}

/** Violations in the log: an event of a source that is missing, duplicated or out of order. */
export function judge(stored: readonly Stored[], events: number): string[] {
  const wrong: string[] = []
  for (const [i, source] of SOURCES.entries()) {
    const numbers = stored.filter((event) => event.source === source).map(({ n }) => n)
    const count = Math.ceil((events - i) / SOURCES.length)
    for (let n = 1; n <= Math.max(count, numbers.length); n++) if (numbers[n - 1] !== n) wrong.push(`${source} spooled ${n}, stored was ${numbers[n - 1]}`)
  }
  return wrong
}
