import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, test } from 'vitest'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { levelOf } from '../../../src/tasks/log/level.ts'
import { readLines } from '../../../src/tasks/log/lines.ts'
import { extentOf, findLines, linesFrom, type Wanted } from '../../../src/tasks/log/search.ts'
import { linesFor } from '../../../src/tasks/log/window.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function logOf(text: string, stream: 'stdout' | 'stderr' = 'stdout'): AttemptLog {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-log-'))
  folders.push(folder)
  const log = new AttemptLog(folder)
  log.append({ offset: 0, stream, bytes: Buffer.from(text) })
  return log
}

const numbered = (count: number, line = (i: number) => `line ${i}`) => Array.from({ length: count }, (_, i) => `${line(i + 1)}\n`).join('')

describe('how serious a line is', () => {
  it.each([
    ['ERROR no route', 'error'],
    ['error: no route', 'error'],
    ['Error: no route', 'error'],
    ['FATAL: gone', 'error'],
    ['2026-11-21T06:55:54.029Z WARN slow', 'warn'],
    ['[2026-11-21 06:55] [warning] slow', 'warn'],
    ['12:00:01 INFO  started', 'info'],
    ['DEBUG cache', 'debug'],
    ['{"level":"warn","msg":"x"}', 'warn'],
    ['{"time":1,"level":50,"msg":"x"}', 'error'],
    ['time=1 level=info msg=x', 'info'],
    ['info about errors', null],
    ['no error here', null],
    ['', null],
  ])('%s', (line, level) => expect(levelOf(line)).toBe(level))
})

describe('a search', () => {
  it('searches the whole log, ignoring case and colours, and counts all matches', async () => {
    const log = logOf(numbered(30_000, (i) => (i % 1000 === 0 ? `\u001b[31mRe\u001b[0mfused ${i}` : `request ${i} ${'x'.repeat(60)}`)))
    const { lines, total } = await findLines(log, { find: 'refused' })
    expect(total).toBe(30)
    expect(lines.map(({ number }) => number).slice(0, 3)).toEqual([1000, 2000, 3000])
    expect(lines[0]?.html).toContain('<span class="ansi-red-fg">')
  })

  it('shows the newest of too many', async () => {
    const { lines, total } = await findLines(logOf(numbered(2000)), { find: 'line' })
    expect([total, lines.length, lines.at(-1)?.number]).toEqual([2000, 500, 2000])
  })

  it('finds lines of at least a level, with the stack below them', async () => {
    const log = logOf('INFO a\nWARN b\nERROR c\n    at d\ne\nDEBUG f\n')
    const found = async (level: 'error' | 'warn' | 'info') => (await findLines(log, { level })).lines.map(({ number }) => number)
    expect([await found('error'), await found('warn'), await found('info')]).toEqual([
      [3, 4],
      [2, 3, 4],
      [1, 2, 3, 4],
    ])
    expect((await findLines(logOf('a\n', 'stderr'), { level: 'stderr' })).total).toBe(1)
    expect((await findLines(logOf('a\n'), { level: 'stderr' })).total).toBe(0)
  })

  it('keeps its count over a log whose beginning is gone, and over a line longer than a reading', async () => {
    const log = logOf(`${numbered(3)}${'y'.repeat(2 * 1_048_576 + 5)}\nneedle\n`)
    const { lines } = await findLines(log, { find: 'needle' })
    expect(lines).toHaveLength(1)
    const cut = logOf(numbered(12 * 1024, (i) => `${i} ${'z'.repeat(1010)}`))
    expect(cut.firstLine).toBeGreaterThan(1)
    expect((await findLines(cut, { find: `${12 * 1024} z` })).lines[0]?.number).toBe(12 * 1024)
  })
})

test('a line’s number leads to its part of the log', async () => {
  const log = logOf(numbered(40_000))
  for (const at of [1, 25, 120, 39_990]) {
    const { lines } = await linesFrom(log, at - 50, 500)
    expect(lines.find(({ number }) => number === at)?.html).toBe(`line ${at}`)
    expect(lines.length).toBeLessThanOrEqual(500)
  }
  expect((await linesFrom(log, 50_000, 500)).lines).toEqual([])
})

test.each([
  ['many short lines', numbered(5000)],
  ['lines that fill a reading', numbered(400, (i) => `${i} ${'z'.repeat(2000)}`)],
  ['an end without a newline', `${numbered(3)}open`],
  ['a line longer than a reading', `one\n${'y'.repeat(600_000)}\ntwo\n`],
])('parts of a log join without a gap: %s', async (_, text) => {
  const log = logOf(text)
  const { first, last } = await extentOf(log)
  const numbers: number[] = []
  for (let from = first; from <= last; from = (numbers.at(-1) as number) + 1) {
    const part = await linesFrom(log, from, 170)
    numbers.push(...part.lines.map(({ number }) => number))
    const rest = await readLines(log, part.next, part.line)
    expect(rest.lines[0]?.number ?? last + 1).toBe(rest.skipped + part.line)
  }
  expect(numbers).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i))
  expect([first, last]).toEqual([1, text.split('\n').filter(Boolean).length])
})

test('the note about the lines is a sentence, and there is none for the end', async () => {
  const log = logOf(numbered(1200))
  const search = async (wanted: Wanted) => await findLines(log, wanted)
  expect((await linesFor(log, { find: 'line 11' }, search)).note).toMatch(/^111 lines with “line 11”\./)
  expect((await linesFor(log, { at: 100 }, search)).note).toBe('Lines 50 to 549.')
  expect(await linesFor(log, {}, search)).toMatchObject({ mode: 'tail', note: '', skipped: 700 })
})
