import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { expect, test } from 'vitest'
import { Lines } from '../../src/live/lines.ts'
import { frames, SseParser } from '../../src/live/sse.ts'

const STREAMS = [
  'data: one\n\ndata: two\n\n',
  '\uFEFFid: 1\nevent: a.b\ndata: x\ndata:\ndata:  y\n\n',
  ': comment\r\n\r\nid: 2\r\ndata: crlf\r\n\r\nid\r\ndata\r\n\r\n',
  'retry: 250\nid: 7.k3v9q2ab\n\nevent: only\n\ndata: é ☃ 🛎 \u2028 end\n\nid: a\0b\ndata: nul\n\n',
  'data: {"a":"b: c"}\nunknown: field\nretry: soon\n\ndata: cut off\n',
  'constructor: x\n__proto__: y\ndata: own fields only\n\n',
]

/** What an independent parser makes of it. */
function theirs(text: string): Pick<EventSourceMessage, 'event' | 'data' | 'id'>[] {
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  parser.feed(text)
  return events.map(({ event = 'message', data, id }) => ({ event, data, ...(id !== undefined && { id }) }))
}

const cutAt = (bytes: Buffer, places: number[]) => [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))

async function ours(pieces: Buffer[]) {
  const events = []
  for await (const { event, data, id } of frames(Readable.from(pieces))) events.push({ event, data, ...(id !== undefined && { id }) })
  return events
}

test('a stream means the same wherever its bytes are cut, and what a parser of others says', async () => {
  for (const text of STREAMS) {
    const bytes = Buffer.from(text)
    const expected = theirs(text)
    for (let a = 0; a <= bytes.length; a++) expect(await ours(cutAt(bytes, [a])), JSON.stringify({ text, a })).toEqual(expected)
    expect(await ours(cutAt(bytes, [...bytes.keys()]))).toEqual(expected)
  }
})

test('a CR alone ends a line, and a LF that comes after it in the next piece ends no second one', async () => {
  const text = 'data: a\rdata: b\r\rdata: c\r\n\r\n'
  const expected = [
    { event: 'message', data: 'a\nb' },
    { event: 'message', data: 'c' },
  ]
  const bytes = Buffer.from(text)
  for (let a = 0; a <= bytes.length; a++) expect(await ours(cutAt(bytes, [a])), String(a)).toEqual(expected)
})

test('a frame without data moves the cursor, and an id counts only with its blank line', () => {
  const parser = new SseParser()
  expect(parser.feed(Buffer.from('id: 5.k3v9q2ab\n'))).toEqual([])
  expect(parser.feed(Buffer.from('\nid: 6.k3v9q2ab\ndata: cut'))).toEqual([{ event: 'message', id: '5.k3v9q2ab' }])
})

/** What is reachable, in bytes: without a collection, it would depend on when the last one was. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('an endless event is not kept, and the one after it is', () => {
  const parser = new SseParser()
  const endless = Buffer.alloc(700_000, 'x')
  const before = heapInUse()
  parser.feed(Buffer.from('data: '))
  for (let i = 0; i < 40; i++) expect(parser.feed(endless)).toEqual([])
  expect(heapInUse() - before).toBeLessThan(12_000_000)
  const [cut, next] = parser.feed(Buffer.from('\n\ndata: short\n\n'))
  expect(cut?.isTooLong).toBe(true)
  expect(next?.data).toBe('short')
  // The same in many lines, each short enough.
  const lines = parser.feed(Buffer.from(`${'data: 0123456789\n'.repeat(200_000)}\ndata: short\n\n`))
  expect(lines.map(({ isTooLong }) => isTooLong)).toEqual([true, undefined])
})

test('a line that is too long is one null, in however many pieces it comes', () => {
  const lines = new Lines(10)
  const fed = ['short\n0123456', '789012345', '67890123456789\nnext', '\n01234567890\nlast\n'].flatMap((text) => lines.feed(Buffer.from(text)))
  expect(fed).toEqual(['short', null, 'next', null, 'last'])
})
