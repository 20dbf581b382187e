import type { Throughput } from '../../src/queues/throughput.ts'
import { Sparkline } from '../ui/chart/sparkline.tsx'
import { number } from '../ui/number.ts'

const MINUTES = 60
/** The minutes in one bar. */
const BAR = 5
const doneIn = ({ buckets }: Throughput) => buckets.map(({ succeeded, failed, other }) => succeeded + failed + other)

/** How many tasks ended in the last hour. */
export const doneInHour = (throughput: Throughput): number => doneIn(throughput).reduce((all, each) => all + each, 0)

/** What each bar shows; null before the first task. */
function bars(of: Throughput): (number | null)[] {
  const done = doneIn(of)
  const minutes = [...Array.from({ length: MINUTES - done.length }, () => null), ...done]
  return Array.from({ length: MINUTES / BAR }, (_, i) => {
    const known = minutes.slice(i * BAR, (i + 1) * BAR).filter((each) => each !== null)
    return known.length > 0 ? known.reduce((all, each) => all + each, 0) : null
  })
}

/** The longest bar of these queues: the scale that their sparklines share. */
export const longestBar = (queues: readonly { throughput: Throughput }[]): number =>
  queues.reduce((most, { throughput }) => Math.max(most, ...bars(throughput).map((bar) => bar ?? 0)), 0)

/** A sparkline of the last hour, five minutes in each bar. */
export function LastHour({ of, most }: { of: Throughput; most: number }): JSX.Element {
  return <Sparkline values={bars(of)} most={most} label={`Tasks that ended in the last hour, by five minutes: ${number(doneInHour(of))} in all`} />
}
