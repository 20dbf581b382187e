import { fanOut, runner } from './support/fan-out.ts'

export const question = `Single events to 1,000 and to 5,000 readers of the firehose, compared with a bare node:http server that writes one shared Buffer:
CPU per delivered frame, without the cost of appending, and the p99 of the readers' latency from COMMIT. (Aims: a ratio of at most
0.9, and a p99 that is no worse.)`

const ROUNDS = 6

export async function measure() {
  const rows = []
  for (const [readers, events] of [
    [1_000, 60],
    [5_000, 20],
  ] as const) {
    const runners = [await runner('telltale'), await runner('bare')]
    const { found, client } = await fanOut(runners, { readers, events, burst: false, rounds: ROUNDS })
    for (const it of runners) it.stop()
    const [ours, base] = found as [(typeof found)[0], (typeof found)[0]]
    rows.push({
      readers,
      'µs a frame': ours.us.toFixed(2),
      'bare µs': base.us.toFixed(2),
      ratio: (ours.us / base.us).toFixed(2),
      'p99 ms': ours.p99Ms.toFixed(1),
      'bare p99 ms': base.p99Ms.toFixed(1),
      'µs an event, no reader': (ours.aloneMs * 1000).toFixed(0),
      "the readers' process": client,
    })
  }
  return rows
}
