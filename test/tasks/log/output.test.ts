import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Stream } from '../../../src/db/index.ts'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { readLines } from '../../../src/tasks/log/lines.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const print = (log: AttemptLog, text: string, stream: Stream = 'stdout', offset = log.size) => log.append({ offset, stream, bytes: Buffer.from(text) })
const all = (log: AttemptLog) => log.read(0, 1e9).map(({ offset, stream, bytes }) => [offset, stream, bytes.toString()])

describe('an attempt’s log', () => {
  test('keeps bytes in order, by stream, also after it is reopened', () => {
    const log = new AttemptLog(folder)
    print(log, 'one\n')
    print(log, 'oops\n', 'stderr')
    print(log, 'two\n')
    const expected = [
      [0, 'stdout', 'one\n'],
      [4, 'stderr', 'oops\n'],
      [9, 'stdout', 'two\n'],
    ]
    expect(all(log)).toEqual(expected)
    expect(all(new AttemptLog(folder))).toEqual(expected)
  })

  test('ignores what it has: a repeated chunk, and the overlap of a longer one', () => {
    const log = new AttemptLog(folder)
    print(log, 'hello')
    expect(print(log, 'hello', 'stdout', 0)).toBe(false)
    expect(print(log, 'lo world', 'stdout', 3)).toBe(true)
    expect(all(log)).toEqual([[0, 'stdout', 'hello world']])
  })

  test('keeps at most ten mebibytes, of which the tail wins, and counts the lines that went', async () => {
    const log = new AttemptLog(folder)
    const line = `${'x'.repeat(1023)}\n`
    for (let i = 0; i < 25; i++) print(log, line.repeat(1024))
    print(log, 'the end\n')
    const kept = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    expect(kept).toBeLessThanOrEqual(10 * 1_048_576 + 1_024)
    expect(log.size).toBe(25 * 1_048_576 + 8)
    expect(log.firstLine).toBe(log.start / 1024 + 1)
    expect((await readLines(log, log.start, log.firstLine)).lines.at(-1)).toMatchObject({ number: 25 * 1024 + 1, html: 'the end' })
    expect(new AttemptLog(folder).firstLine).toBe(log.firstLine)
  })
})

describe('the lines of a log', () => {
  test('are numbered, escaped and coloured by classes only', async () => {
    const log = new AttemptLog(folder)
    print(log, '\u001b[1;31mred <b>\n\u001b[38;5;208mstill\u001b[0m plain\n')
    print(log, 'bad\n', 'stderr')
    const { lines } = await readLines(log, 0, 1)
    expect(lines).toEqual([
      { number: 1, html: '<span class="ansi-bold ansi-red-fg">red &lt;b></span>', stderr: false, level: null, at: expect.any(Number), partial: false },
      {
        number: 2,
        html: expect.stringMatching(/^<span class="ansi-bold ansi-[a-z-]+-fg">still<\/span> plain$/),
        stderr: false,
        level: null,
        at: expect.any(Number),
        partial: false,
      },
      { number: 3, html: 'bad', stderr: true, level: null, at: expect.any(Number), partial: false },
    ])
    expect(JSON.stringify(lines)).not.toContain('style=')
  })

  test('that have no end yet are shown, and read again when they have one', async () => {
    const log = new AttemptLog(folder)
    print(log, 'one\ntw')
    const first = await readLines(log, 0, 1)
    expect(first).toMatchObject({ next: 4, line: 2, lines: [{ number: 1 }, { number: 2, html: 'tw', partial: true }] })
    print(log, 'o\nthree\n')
    expect(await readLines(log, first.next, first.line)).toMatchObject({
      next: 14,
      line: 4,
      skipped: 0,
      lines: [{ number: 2, html: 'two', partial: false }, { number: 3 }],
    })
  })

  test('beyond one page are skipped, and counted', async () => {
    const log = new AttemptLog(folder)
    print(log, Array.from({ length: 100_000 }, (_, i) => `line ${i + 1}\n`).join(''))
    const page = await readLines(log, 0, 1)
    expect(page.lines).toHaveLength(500)
    expect(page.lines.at(-1)).toMatchObject({ number: 100_000, html: 'line 100000' })
    expect(page.skipped).toBe(99_500)
    expect(page.line).toBe(100_001)
  })

  test('show what a terminal would: the last state of a progress bar', async () => {
    const log = new AttemptLog(folder)
    print(log, '10%\r50%\r100%\r\n')
    expect((await readLines(log, 0, 1)).lines[0]?.html).toBe('100%')
  })
})
