import { describe, expect, test } from 'vitest'
import { isUnchanged } from '../../../src/http/assets/conditional.ts'
import { chosenEncoding } from '../../../src/http/assets/encoding.ts'
import { testApp } from '../../support/app.ts'

test.each([
  ['br, gzip', 'br'],
  ['gzip, br', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['br;q=0, *', 'gzip'],
  ['br;q=0, gzip;q=0', undefined],
  ['br; q=0.000 , gzip ; q=0.1', 'gzip'],
  ['identity', undefined],
  ['identity;q=0.5, gzip;q=0.2', undefined],
  ['identity;q=0, gzip;q=0.2', 'gzip'],
  ['deflate, zstd', undefined],
  ['brotli', undefined],
  ['br;q=nonsense', undefined],
  ['', undefined],
])('Accept-Encoding %j is answered in %j', (header, encoding) => {
  expect(chosenEncoding(header)).toBe(encoding)
})

test.each([
  ['W/"a.1"', true],
  ['"a.1"', true],
  ['"b", W/"a.1"', true],
  ['"x,W/\\"", "a.1"', true],
  [' * ', true],
  ['"a.2"', false],
  ['a.1', false],
  ['"*"', false],
  ['', false],
  [undefined, false],
])('If-None-Match %j on W/"a.1": %j', (header, expected) => {
  expect(isUnchanged(header, 'W/"a.1"')).toBe(expected)
})

describe('an answer', () => {
  test.each(['/ui/tasks', '/favicon.svg', '/settings'])('of %s is encoded as requested', async (path) => {
    const app = await testApp()
    const encoding = async (header: string) => (await app.ask(path, { headers: { 'accept-encoding': header } })).headers.get('content-encoding')
    const isSmall = (await encoding('br')) === null
    expect([await encoding('br;q=0, gzip'), await encoding('br;q=0, gzip;q=0')]).toEqual([isSmall ? null : 'gzip', null])
  })

  test.each(['/ui/tasks', '/ui/nav', '/favicon.svg'])('of %s is 304 for its tag, weak or strong, alone or in a list, and for *', async (path) => {
    const app = await testApp()
    const etag = (await app.ask(path)).headers.get('etag') as string
    const opaque = etag.replace('W/', '')
    const status = async (header: string) => (await app.ask(path, { headers: { 'if-none-match': header } })).status
    for (const header of [etag, opaque, `W/${opaque}`, `"other", ${opaque}`, '*']) expect([header, await status(header)]).toEqual([header, 304])
    expect(await status('"other"')).toBe(200)
  })
})
