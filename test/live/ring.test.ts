import { expect, test } from 'vitest'
import { RING_BYTES, RING_EVENTS, Ring } from '../../src/live/ring.ts'
import type { LoggedEvent } from '../../src/log/log.ts'

const event = (seq: number, payload: string): LoggedEvent => ({
  seq,
  at: 0,
  kind: 'lab.made',
  subject: 'lab:1',
  actor: 'lab',
  source: 'lab',
  source_id: null,
  cause: null,
  payload,
})

function filled(from: number, to: number, payload: string, ring = new Ring('e', from - 1)) {
  for (let seq = from; seq <= to; seq++) ring.push(event(seq, payload))
  return ring
}

test('the newest events are kept, as many as fit', () => {
  const ring = filled(8, 8 + RING_EVENTS, '{}')
  expect([ring.reaches(8), ring.at(8)]).toEqual([false, undefined])
  expect([ring.reaches(9), ring.at(9)?.event.seq]).toEqual([true, 9])
})

test('the bound is in bytes, so fewer large events are kept, without a gap up to the newest', () => {
  const large = 'x'.repeat(65_536)
  const most = RING_BYTES / large.length
  const ring = filled(1, RING_EVENTS + 50, large)
  const oldest = ring.head - most + 1
  expect([ring.reaches(oldest - 1), ring.at(oldest - 1)]).toEqual([false, undefined])
  for (let seq = oldest; seq <= ring.head; seq++) expect(ring.at(seq)?.event.seq).toBe(seq)
  // The space of large events is free again once they are gone.
  filled(ring.head + 1, ring.head + RING_EVENTS, '{}', ring)
  expect(ring.reaches(ring.head - RING_EVENTS + 1)).toBe(true)
})
