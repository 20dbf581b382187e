import { createParser } from 'eventsource-parser'
import { expect, test } from 'vitest'
import { type Frame, Parser } from '../../src/client/sse.js'

/** One of each oddity of the format: byte order mark, three line ends, several lines of data, colons, spaces, no data. */
const STREAM = new TextEncoder().encode(
  [
    '\uFEFFretry: 1500\nid: 1.e\nevent: ready\ndata: {"a":1}\n\n',
    ':a comment\r\n: another\r\n\r\nid: 2.e\r\ndata: two\r\ndata:  lines\r\n\r\n',
    'event: cr\rdata:alone\r\rdata\r\r',
    'id: 2.e\n\n',
    'event: not dispatched\n\ndata: é – 😀 \u2028 \u0085 end\nunknown: field\ndata:x:y\n\n',
    'id: bad\0id\ndata: keeps the id before\n\nid\ndata: clears it\n\nretry: soon\ndata: \uFEFF\n\n',
    'data: cut off',
  ].join(''),
)

test('a stream cut in two at any byte, or into single bytes, reads as another parser reads it whole', () => {
  const whole = judged(STREAM)
  expect(whole.length).toBe(8)
  expect(read([STREAM])).toEqual(whole)
  for (let at = 1; at < STREAM.length; at++) expect(read([STREAM.slice(0, at), STREAM.slice(at)]), `cut at ${at}`).toEqual(whole)
  expect(read([...STREAM].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
})

test('a frame is there as soon as its empty line is, whatever ends its lines', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const parser = new Parser()
    expect(parser.feed(bytes(`data: x${end}`))).toEqual([])
    expect(parser.feed(bytes(end)).length, JSON.stringify(end)).toBe(1)
    expect(parser.feed(bytes(`data: y${end}${end}`)).length, JSON.stringify(end)).toBe(1)
  }
})

test('an id without data moves the cursor when its frame is complete, and is no frame', () => {
  const parser = new Parser()
  expect([parser.feed(bytes('retry: 70\nid: 9.e\n')), parser.lastEventId]).toEqual([[], ''])
  expect([parser.feed(bytes('\n')), parser.lastEventId, parser.retry]).toEqual([[], '9.e', 70])
})

const bytes = (text: string) => new TextEncoder().encode(text)

function read(chunks: Uint8Array[]): Frame[] {
  const parser = new Parser()
  return chunks.flatMap((chunk) => parser.feed(chunk))
}

/** The judge gives a frame its own id only, and forgets one without data: the last id of all is added here. */
function judged(stream: Uint8Array): Frame[] {
  const frames: Frame[] = []
  const parser = createParser({ onEvent: ({ event = 'message', data, id }) => frames.push({ event, data, id: id ?? frames.at(-1)?.id ?? '' }) })
  parser.feed(new TextDecoder().decode(stream))
  return frames
}
