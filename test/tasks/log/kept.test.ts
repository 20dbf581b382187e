import { expect, test } from 'vitest'
import type { Stream } from '../../../src/db/index.ts'
import { readLines } from '../../../src/tasks/log/lines.ts'
import { output } from '../../../src/tasks/log/output.ts'
import { linesFrom } from '../../../src/tasks/log/search.ts'
import { logSearches } from '../../../src/tasks/log/searches.ts'
import { testApp } from '../../support/app.ts'

const MEBIBYTE = 1_048_576
const LINE = 1_024

type Kept = ReturnType<typeof output>

const print = (kept: Kept, offset: number, text: string, stream: Stream = 'stdout') => kept.append('t_1', 1, { offset, stream, bytes: Buffer.from(text) })
const shown = async (kept: Kept, from: number, most: number) =>
  (await (await kept.log('t_1', 1)).read(from, most)).map(({ offset, stream, bytes }) => [offset, stream, bytes.toString()])

test('output is kept once, in printing order, by stream, with a gap where bytes were lost', async () => {
  const kept = output(await testApp())
  expect(await print(kept, 0, 'one\ntwo\n')).toBe(8)
  expect(await print(kept, 4, 'two\nbad\n', 'stderr')).toBe(12)
  expect(await print(kept, 4, 'two\n')).toBe(12)
  expect(await print(kept, 100, 'far\n')).toBe(104)
  expect(await shown(kept, 0, 1000)).toEqual([
    [0, 'stdout', 'one\ntwo\n'],
    [8, 'stderr', 'bad\n'],
    [100, 'stdout', 'far\n'],
  ])
  expect(await shown(kept, 6, 4)).toEqual([
    [6, 'stdout', 'o\n'],
    [8, 'stderr', 'ba'],
  ])
  expect(await shown(kept, 50, 2)).toEqual([[100, 'stdout', 'fa']])
  expect(await shown(kept, 104, 10)).toEqual([])
  const log = await kept.log('t_1', 1)
  expect((await log.tail(6)).map(({ offset, bytes }) => [offset, bytes.toString()])).toEqual([
    [10, 'd\n'],
    [100, 'far\n'],
  ])
  expect([await log.linesBefore(4), await log.linesBefore(6), await log.linesBefore(12), await log.linesBefore(104)]).toEqual([1, 1, 3, 4])
  await expect(print(kept, 10 * MEBIBYTE, 'lost')).rejects.toThrow('ends at 104')
})

test('two that append the same bytes at once leave them once', async () => {
  const kept = output(await testApp())
  await Promise.all([print(kept, 0, 'one\n'), print(kept, 0, 'one\n'), print(kept, 0, 'one\ntwo\n')])
  const runs = await (await kept.log('t_1', 1)).read(0, 100)
  expect(Buffer.concat(runs.map(({ bytes }) => bytes)).toString()).toBe('one\ntwo\n')
})

test('the end of much output is kept: its lines keep their numbers, and are found', async () => {
  const app = await testApp()
  const kept = output(app)
  const chunk = 256 * LINE
  for (let i = 0; i < 12 * 4; i++) {
    const lines = Array.from({ length: 256 }, (_, at) => `${i * 256 + at + 1} `.padEnd(LINE - 1, 'x'))
    await print(kept, i * chunk, `${lines.join('\n')}\n`)
  }
  await print(kept, 12 * MEBIBYTE, 'a needle\n')
  const log = await kept.log('t_1', 1)
  expect(log.size).toBe(12 * MEBIBYTE + 9)
  expect(log.start).toBeGreaterThan(0)
  expect(log.size - log.start).toBeLessThanOrEqual(10 * MEBIBYTE + 300_000)
  expect(log.size - log.start).toBeGreaterThan(9 * MEBIBYTE)
  expect(log.firstLine).toBe(log.start / LINE + 1)
  const last = 12 * LINE + 1
  expect((await readLines(log, log.start, log.firstLine)).lines.at(-1)).toMatchObject({ number: last, html: 'a needle' })
  expect((await linesFrom(log, 10_950, 500)).lines.find(({ number }) => number === 11_000)?.html).toMatch(/^11000 x/)
  const searches = logSearches(app)
  expect(await searches.find(await kept.source('t_1', 1), { find: 'NEEDLE' })).toMatchObject({ total: 1, lines: [{ number: last, html: 'a needle' }] })
  await searches.stop()
  for await (const { id, bytes } of kept.kept()) {
    expect(id).toBe('t_1')
    expect(bytes).toBeGreaterThanOrEqual(log.size - log.start)
  }
  await kept.remove('t_1')
  expect((await kept.log('t_1', 1)).size).toBe(0)
})
