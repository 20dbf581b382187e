import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { LogStream } from '../src/server-log.ts'

test('a log with a stalled reader buffers at most a mebibyte, and counts what it drops', () => {
  const written: string[] = []
  let take = () => {}
  const stalled = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk))
      take = done
    },
  })
  const log = new LogStream(stalled)
  for (let i = 0; i < 300; i++) log.write('x'.repeat(10_000))
  expect(stalled.writableLength).toBeLessThan(1_100_000)
  expect(log.lost).toBeGreaterThan(150)
  expect(written).toHaveLength(1)
  take()
})
