import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { expect, test } from 'vitest'
import { Lines } from '../../src/client/lines.js'
import { frames, SseParser } from '../../src/client/sse.js'

/** One of each oddity of the format: byte order mark, three line ends, several lines of data, colons, spaces, no data. */
const ODDITIES = [
  '\uFEFFretry: 1500\nid: 1.e\nevent: ready\ndata: {"a":1}\n\n',
  ':a comment\r\n: another\r\n\r\nid: 2.e\r\ndata: two\r\ndata:  lines\r\n\r\n',
  'event: cr\rdata:alone\r\rdata\r\r',
  'id: 2.e\n\n',
  'event: not dispatched\n\ndata: é – 😀 \u2028 \u0085 end\nunknown: field\ndata:x:y\n\n',
  'id: bad\0id\ndata: keeps the id before\n\nid\ndata: clears it\n\nretry: soon\ndata: \uFEFF\n\n',
  'data: cut off',
].join('')

const STREAMS = [
  ODDITIES,
  'data: one\n\ndata: two\n\n',
  '\uFEFFid: 1\nevent: a.b\ndata: x\ndata:\ndata:  y\n\n',
  ': comment\r\n\r\nid: 2\r\ndata: crlf\r\n\r\nid\r\ndata\r\n\r\n',
  'retry: 250\nid: 7.k3v9q2ab\n\nevent: only\n\ndata: é ☃ 🛎 \u2028 end\n\nid: a\0b\ndata: nul\n\nid: é ☃\ndata: any id\n\n',
  'data: {"a":"b: c"}\nunknown: field\nretry: soon\n\ndata: cut off\n',
  'constructor: x\n__proto__: y\ndata: own fields only\n\n',
]

type Event = Pick<EventSourceMessage, 'event' | 'data' | 'id'>

const event = ({ event = 'message', data, id }: Event): Event => ({ event, data, ...(id !== undefined && { id }) })
const cutAt = (bytes: Buffer, places: number[]) => [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))

/** The result of an independent parser. */
function theirs(text: string): Event[] {
  const events: Event[] = []
  const parser = createParser({ onEvent: (each) => events.push(event(each)) })
  parser.feed(text)
  return events
}

async function ours(pieces: Buffer[]): Promise<Event[]> {
  const events: Event[] = []
  for await (const frame of frames(Readable.from(pieces))) events.push(event(frame))
  return events
}

test('a stream split at any byte is parsed as another parser parses it whole', async () => {
  expect(theirs(ODDITIES).length).toBe(8)
  for (const text of STREAMS) {
    const bytes = Buffer.from(text)
    const expected = theirs(text)
    for (let a = 0; a <= bytes.length; a++) expect(await ours(cutAt(bytes, [a])), JSON.stringify({ text, a })).toEqual(expected)
    expect(await ours(cutAt(bytes, [...bytes.keys()]))).toEqual(expected)
  }
})

test('a CR ends a line, and a LF that follows in the next chunk does not end another', async () => {
  const text = 'data: a\rdata: b\r\rdata: c\r\n\r\n'
  const expected = [
    { event: 'message', data: 'a\nb' },
    { event: 'message', data: 'c' },
  ]
  const bytes = Buffer.from(text)
  for (let a = 0; a <= bytes.length; a++) expect(await ours(cutAt(bytes, [a])), String(a)).toEqual(expected)
})

test('a frame is complete with its empty line, whatever the line ends', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const parser = new SseParser()
    expect(parser.feed(Buffer.from(`data: x${end}`))).toEqual([])
    expect(parser.feed(Buffer.from(end)).length, JSON.stringify(end)).toBe(1)
    expect(parser.feed(Buffer.from(`data: y${end}${end}`)).length, JSON.stringify(end)).toBe(1)
  }
})

test('a frame without data moves the cursor and sets the pause, and an id counts only with its blank line', () => {
  const parser = new SseParser()
  expect(parser.feed(Buffer.from('retry: 70\nid: 5.k3v9q2ab\n'))).toEqual([])
  expect(parser.feed(Buffer.from('\nid: 6.k3v9q2ab\ndata: cut'))).toEqual([{ event: 'message', id: '5.k3v9q2ab', retry: 70 }])
})

/** The reachable bytes, after a garbage collection. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('an endless event is dropped, and the next one is kept', () => {
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

test('a line that is too long is one null, in any number of chunks', () => {
  const lines = new Lines(10)
  const fed = ['short\n0123456', '789012345', '67890123456789\nnext', '\n01234567890\nlast\n'].flatMap((text) => lines.feed(Buffer.from(text)))
  expect(fed).toEqual(['short', null, 'next', null, 'last'])
})
