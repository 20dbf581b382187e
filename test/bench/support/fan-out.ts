import type { Open } from './contender.ts'
import { Child, median, percentile } from './process.ts'

/** What one server did with its events: CPU a delivered frame, and how long they took to all readers. */
export interface Cost {
  /** µs of the server's CPU a delivered frame, without what the events cost it when nobody reads. */
  us: number
  p99Ms: number
}

export interface Runner {
  name: string
  /** Publishes so many events in one turn; answers the ms from then to the reader that is the slowest but one in a hundred. */
  publish(count: number): Promise<number>
  cpuMs(): Promise<number>
  open: Open
  stop(): void | Promise<void>
}

/** A share of one core above which the readers' process may have been what was measured. */
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

/** Ms of CPU an event, when nobody reads. */
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
