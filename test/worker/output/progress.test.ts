import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { frames } from '../../../src/client/sse.js'
import { latest, type Progress, ProgressScan } from '../../../src/worker/progress.ts'
import { until } from '../../support/processes.ts'
import { Site } from '../site.ts'

/** What is reported of pieces of output, and what remains of them. */
function scan(...pieces: (string | Buffer)[]): { found: Progress[]; kept: string } {
  const found: Progress[] = []
  const scanner = new ProgressScan((progress) => found.push(progress))
  const kept = pieces.map((piece) => scanner.push(Buffer.from(piece)))
  return { found, kept: Buffer.concat(kept).toString() }
}

const LINE = '::progress done=42 total=100::copying\n'
const COPYING = { done: 42, total: 100, text: 'copying' }

describe('a line with progress is reported and taken out', () => {
  test.each<[string, Progress]>([
    [LINE, COPYING],
    ['::progress total=100,done=42::copying\r\n', COPYING],
    ['::progress done=42 total=100::\n', { done: 42, total: 100 }],
    ['::progress done=1204::\n', { done: 1204 }],
    ['::progress done=0.5 total=1::  Größe 漢字  \n', { done: 0.5, total: 1, text: 'Größe 漢字' }],
    [`::progress done=1::${'ä'.repeat(300)}\n`, { done: 1, text: 'ä'.repeat(200) }],
    ['::progress done=1::a\x07\x1b[31mb\n', { done: 1, text: 'a  [31mb' }],
  ])('%j', (line, progress) => {
    expect(scan(`before\n${line}after\n`)).toEqual({ found: [progress], kept: 'before\nafter\n' })
  })

  test('after output that ended with a line, and several at once', () => {
    expect(scan('before\n', `${LINE}${LINE}between\n`, LINE)).toEqual({ found: [COPYING, COPYING, COPYING], kept: 'before\nbetween\n' })
  })
})

describe('another line stays, and reports nothing', () => {
  test.each([
    'echo ::progress done=1::\n',
    '::progress done=5 total=4::\n',
    '::progress total=4::\n',
    '::progress done=-1::\n',
    '::progress done=1 percent=3::\n',
    '::progress done=1 total=x::\n',
    '::progress done=1\n',
    '::progress::\n',
    '::progress done=1::',
    ' ::progress done=1::\n',
  ])('%j', (line) => {
    expect(scan(line, line)).toEqual({ found: [], kept: line + line })
  })
})

test('a line in pieces is reported once it is whole, wherever it is cut, and no output waits for it', () => {
  const text = `a\n${LINE}b\n${LINE}`
  for (let cut = 1; cut < text.length; cut++) expect([cut, scan(text.slice(0, cut), text.slice(cut)).found]).toEqual([cut, [COPYING, COPYING]])
  expect(scan(...text).found).toEqual([COPYING, COPYING])
  expect(scan('before ::progress', ' done=1::\n').found).toEqual([])
  expect(scan(...text).kept).toBe(text)
})

test('a long line in pieces is read like one that comes whole', () => {
  expect(scan('::progress done=1::', 'x'.repeat(100_000), '\n').found).toEqual([{ done: 1, text: 'x'.repeat(200) }])
  expect(scan(...Array.from({ length: 100 }, () => 'y'.repeat(1000)), `\n${LINE}`).found).toEqual([COPYING])
})

test('bytes that are not text pass unchanged', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3, 0x0a])
  const scanner = new ProgressScan(() => {})
  expect(scanner.push(Buffer.concat([bytes, Buffer.from(LINE), bytes])).equals(Buffer.concat([bytes, bytes]))).toBe(true)
})

describe('the terminal’s sequence for progress', () => {
  const sequence = '\x1b]9;4;1;42\x07'

  test('is reported once, wherever it is cut, and stays in the output', () => {
    const progress = { done: 42, total: 100 }
    const text = `a${sequence}b`
    for (let cut = 1; cut < text.length; cut++) expect([cut, scan(text.slice(0, cut), text.slice(cut))]).toEqual([cut, { found: [progress], kept: text }])
    expect(scan('\x1b]9;4;2;7\x1b\\\x1b]9;4;4;300\x07').found).toEqual([
      { done: 7, total: 100 },
      { done: 100, total: 100 },
    ])
  })

  test('without a percentage is no report', () => {
    expect(scan('\x1b]9;4;0;0\x07\x1b]9;4;3;0\x07\x1b]9;done\x07').found).toEqual([])
  })
})

test('the latest progress is sent, one request at a time', async () => {
  const sent: number[] = []
  let answer = () => {}
  const report = latest<Progress>(async ({ done }) => {
    sent.push(done)
    await new Promise<void>((resolve) => (answer = resolve))
    throw new Error('the server is away')
  }, new AbortController().signal)
  for (const done of [1, 2, 3]) report({ done })
  expect(sent).toEqual([1])
  answer()
  await expect.poll(() => sent).toEqual([1, 3])
})

test('a plain command shows its progress in the task and in the stream of its log', async () => {
  const site = await Site.start()
  site.worker()
  const gate = join(site.data, 'gate')
  const id = await site.create(`echo '::progress done=42 total=100::copying'; until [ -e '${gate}' ]; do sleep 0.05; done; echo done`)
  await until('it is reported', async () => (await site.task(id)).progress !== null)
  expect((await site.task(id)).progress).toEqual(COPYING)
  const seen: string[] = []
  const stream = await site.server.client.stream(`/api/tasks/${id}/log`, { headers: { accept: 'text/event-stream' } })
  for await (const { event, data } of frames(stream)) {
    if (event === 'progress') writeFileSync(gate, data)
    seen.push(event)
  }
  expect(seen).toEqual(['progress', 'log', 'done'])
  expect(JSON.parse(readFileSync(gate, 'utf8'))).toEqual(COPYING)
  expect(await site.log(id)).toBe('done\n')
})
