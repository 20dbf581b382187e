import type { Open } from './support/contender.ts'
import { Child, median, percentile, type Usage } from './support/process.ts'

export const question = `One reader that reads a little every four seconds while 200,000 events pass 100 others: the server's heap, and the others' p99
latency, with and without it, as the median of batches of 500. (Aims: at most 1 MB more heap, latency within 10 %; the slow reader
is sent its gaps and the newest event.)`

const READERS = 100
const BATCH = 500
const EVENTS = 200_000
/** Events a phase: without, with, with, without. */
const PHASE = EVENTS / 2

interface Phase {
  p99s: number[]
  heap: number
}

export async function measure() {
  const [contender, readers, slow] = [await Child.start('contender.ts', 'telltale'), await Child.start('readers.ts'), await Child.start('sipper.ts')]
  const open = await contender.call<Open>('open')
  const group = await readers.call<number>('open', { ...open, count: READERS })
  await phase(contender, readers, group, PHASE / 4) // once for the compiler and the ring
  const before = await phase(contender, readers, group, PHASE)
  await slow.call('open', open)
  const during = await phase(contender, readers, group, EVENTS)
  const told = await slow.call<{ gaps: number; dropped: number; newest: number; seen: number }>('finish')
  const { head } = await contender.call<{ head: number }>('facts')
  const after = await phase(contender, readers, group, PHASE)
  for (const child of [contender, readers, slow]) child.stop()
  const [without, withIt] = [median([...before.p99s, ...after.p99s]), median(during.p99s)]
  return [
    {
      events: EVENTS,
      'heap without MB': ((before.heap + after.heap) / 2 / 1e6).toFixed(2),
      'heap with MB': (during.heap / 1e6).toFixed(2),
      'more MB': ((during.heap - (before.heap + after.heap) / 2) / 1e6).toFixed(2),
      'p99 without/with ms': `${without.toFixed(1)} / ${withIt.toFixed(1)}`,
      ratio: (withIt / without).toFixed(2),
      'worst 1 % of batches': `${percentile([...before.p99s, ...after.p99s], 99).toFixed(1)} / ${percentile(during.p99s, 99).toFixed(1)}`,
      'its gaps': told.gaps,
      'dropped + seen = head': `${told.dropped} + ${told.seen}, ${told.dropped + told.seen === EVENTS ? 'all' : 'NOT all'}`,
      'newest it got': told.newest === head,
    },
  ]
}

async function phase(contender: Child, readers: Child, group: number, events: number): Promise<Phase> {
  const p99s: number[] = []
  for (let sent = 0; sent < events; sent += BATCH) {
    const came = readers.call<{ p99: number }>('expect', { group, frames: BATCH })
    const began = await contender.call<number>('publish', BATCH)
    p99s.push((await came).p99 - began)
  }
  return { p99s, heap: (await contender.call<Usage>('memory')).heap }
}
