import { expect, test } from 'vitest'
import { Marker } from '../../src/process/marker.ts'

function read(...pieces: string[]): [string, number | undefined] {
  const marker = new Marker('key')
  let [printed, code]: [string, number | undefined] = ['', undefined]
  for (const piece of pieces) {
    const found = marker.find(Buffer.from(piece, 'latin1'))
    printed += found.bytes.toString('latin1')
    code ??= found.code
  }
  return [printed, code]
}

test('the end of a command is found wherever it is cut, and nothing else is taken for it', () => {
  const text = 'a\x1b[31mb\x1b]key\xff\x1b]key;137\x07'
  for (let cut = 0; cut < text.length; cut++) expect([cut, ...read(text.slice(0, cut), text.slice(cut))]).toEqual([cut, 'a\x1b[31mb\x1b]key\xff', 137])
  expect(read(...text)).toEqual(['a\x1b[31mb\x1b]key\xff', 137])
})

test('output that ends like the beginning of it is passed on with the next piece', () => {
  expect(read('a\x1b]k', 'b')).toEqual(['a\x1b]kb', undefined])
})
