import { describe, expect, test } from 'vitest'
import { Mask } from '../../../src/worker/mask.ts'

/** What a reader sees of pieces of output. */
function seen(secrets: string[], ...pieces: (string | Buffer)[]): string {
  const mask = new Mask(secrets)
  const parts = pieces.map((piece) => mask.push(Buffer.from(piece)))
  return Buffer.concat([...parts, mask.end()]).toString()
}

describe('a secret is hidden', () => {
  test.each([
    ['whole', ['a hunter2 b hunter2'], 'a *** b ***'],
    ['cut in two', ['a hun', 'ter2 b'], 'a *** b'],
    ['byte by byte', [...'a hunter2 b'], 'a *** b'],
    ['at the very end', ['hunt', 'er2'], '***'],
    ['after a beginning of itself', ['hunthunter2'], 'hunt***'],
    ['after a beginning of itself, cut', ['hunthun', 'ter2'], 'hunt***'],
  ])('%s', (_, pieces, text) => expect(seen(['hunter2'], ...pieces)).toBe(text))

  test('of any bytes, and what is around it stays as it is', () => {
    const secret = 'päss wörd ✓'
    const bytes = Buffer.from(`é${secret}\xff`)
    for (let cut = 0; cut <= bytes.length; cut++) expect(seen([secret], bytes.subarray(0, cut), bytes.subarray(cut))).toBe('é***\xff')
    expect(new Mask([secret]).push(Buffer.from([0, 255, 254])).equals(Buffer.from([0, 255, 254]))).toBe(true)
  })

  test('line by line if it has several, except for short lines', () => {
    const key = '-----BEGIN-----\nab\nMIIEvQIBADAN\n-----END-----'
    expect(seen([key], `> ${key} <`)).toBe('> *** <')
    expect(seen([key], 'key: MIIEvQIBADAN\r\nab')).toBe('key: ***\r\nab')
  })

  test('whichever of several it is; the longer one wins, however it is cut', () => {
    const text = 'abcdef abcd abcdex'
    for (let cut = 0; cut <= text.length; cut++) expect(seen(['abcd', 'abcdef'], text.slice(0, cut), text.slice(cut))).toBe('*** *** ***ex')
    const own = 'xabca abc'
    for (let cut = 0; cut <= own.length; cut++) expect(seen(['abca'], own.slice(0, cut), own.slice(cut))).toBe('x*** abc')
  })
})

test('without secrets, and for what is none, nothing changes or waits', () => {
  expect(new Mask([]).push(Buffer.from('hunter')).toString()).toBe('hunter')
  expect(new Mask(['hunter2']).push(Buffer.from('hello? ')).toString()).toBe('hello? ')
  expect(seen(['hunter2'], 'the hunter', ' ends')).toBe('the hunter ends')
})
