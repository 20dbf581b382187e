import type { Open } from './contender.ts'
import { Child, median, percentile } from './process.ts'

/** The results of one server: CPU per delivered frame, and latency to all readers. */
export interface Cost {
  /** µs of CPU per delivered frame, without the cost of the events without readers. */
  us: number
  p99Ms: number
}

export interface Runner {
  name: string
  /** Publishes this many events in one turn, and returns the p99 latency of the readers in ms. */
  publish(count: number): Promise<number>
  cpuMs(): Promise<number>
  open: Open
  stop(): void | Promise<void>
}

/** Above this share of a core, the readers' process may be the bottleneck. */
const BUSY = 0.9

export async function runner(name: string): Promise<Runner> {
  const child = await Child.start('contender.ts', name)
  return {
    name,
    open: await child.call<Open>('open'),
    publish: (count) => child.call<number>('publish', count),
    cpuMs: async () => (await child.usage()).cpuMs,
    stop: () => child.stop(),
  }
}

/**
 * Sends `rounds` of `events` single events, or of one burst of as many, from each server to `readers` of its own, in the
 * order ABBA, so that a noisy neighbour hits all alike. Each event waits for the one before it to have reached all.
 */
export async function fanOut(
  runners: readonly Runner[],
  { readers: count, events, burst, rounds }: { readers: number; events: number; burst: boolean; rounds: number },
) {
  const readers = await Child.start('readers.ts')
  const alone = new Map<Runner, number>()
  const groups = new Map<Runner, number>()
  for (const runner of runners) {
    alone.set(runner, await costAlone(runner, events, burst))
    groups.set(runner, await readers.call<number>('open', { ...runner.open, count }))
  }
  const costs = new Map(runners.map((runner) => [runner, [] as Cost[]]))
  let [busyMs, wallMs] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    for (const runner of round % 2 ? [...runners].reverse() : runners) {
      const [began, before] = [performance.now(), await readers.usage()]
      const cost = await round1(runner, readers, groups.get(runner) as number, { count, events, burst })
      busyMs += (await readers.usage()).cpuMs - before.cpuMs
      wallMs += performance.now() - began
      costs.get(runner)?.push({ ...cost, us: cost.us - ((alone.get(runner) as number) * 1000) / count })
    }
  }
  readers.stop()
  const found = runners.map((runner) => {
    const all = costs.get(runner) as Cost[]
    return { name: runner.name, us: median(all.map(({ us }) => us)), p99Ms: median(all.map(({ p99Ms }) => p99Ms)), aloneMs: alone.get(runner) as number }
  })
  return { found, client: clientShare(busyMs / wallMs) }
}

export const clientShare = (share: number) => `${Math.round(share * 100)} % of a core${share > BUSY ? ': it may have been the bottleneck' : ''}`

/** Ms of CPU per event without readers. */
async function costAlone(runner: Runner, events: number, burst: boolean): Promise<number> {
  await publish(runner, events, burst) // once for the compiler
  const before = await runner.cpuMs()
  await publish(runner, events, burst)
  return ((await runner.cpuMs()) - before) / events
}

async function publish(runner: Runner, events: number, burst: boolean) {
  if (burst) await runner.publish(events)
  else for (let i = 0; i < events; i++) await runner.publish(1)
}

async function round1(
  runner: Runner,
  readers: Child,
  group: number,
  { count, events, burst }: { count: number; events: number; burst: boolean },
): Promise<Cost> {
  const before = await runner.cpuMs()
  const latencies: number[] = []
  for (let sent = 0; sent < events; sent += burst ? events : 1) {
    const came = readers.call<{ p99: number }>('expect', { group, frames: burst ? events : 1 })
    const began = await runner.publish(burst ? events : 1)
    latencies.push((await came).p99 - began)
  }
  const cpuMs = (await runner.cpuMs()) - before
  return { us: (cpuMs * 1000) / (events * count), p99Ms: percentile(latencies, 50) }
}
