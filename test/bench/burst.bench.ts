import { fanOut, runner } from './support/fan-out.ts'

export const question = `A burst of 200 events to 5,000 readers of the firehose, compared with a bare node:http server that writes one shared Buffer
for each: CPU per delivered frame. (Aim: a ratio of at most 0.2.)`

export async function measure() {
  const runners = [await runner('telltale'), await runner('bare')]
  const { found, client } = await fanOut(runners, { readers: 5_000, events: 200, burst: true, rounds: 7 })
  for (const it of runners) it.stop()
  const [ours, base] = found as [(typeof found)[0], (typeof found)[0]]
  return [
    {
      'µs a frame': ours.us.toFixed(2),
      'bare µs': base.us.toFixed(2),
      ratio: (ours.us / base.us).toFixed(2),
      'p99 ms': ours.p99Ms.toFixed(0),
      'bare p99 ms': base.p99Ms.toFixed(0),
      "the readers' process": client,
    },
  ]
}
