import type { Throughput } from '../../src/queues/throughput.ts'
import { Sparkline } from '../ui/chart/sparkline.tsx'
import { number } from '../ui/number.ts'

const MINUTES = 60
const doneIn = ({ buckets }: Throughput) => buckets.map(({ succeeded, failed, other }) => succeeded + failed + other)

/** How many tasks ended in the last hour. */
export const doneInHour = (throughput: Throughput): number => doneIn(throughput).reduce((all, each) => all + each, 0)

/** The most tasks that ended in one minute of one of these queues: the scale that their sparklines share. */
export const busiestMinute = (queues: readonly { throughput: Throughput }[]): number =>
  queues.reduce((most, { throughput }) => Math.max(most, ...doneIn(throughput)), 0)

/** A sparkline of the last hour by minute; unknown before the first task. */
export function LastHour({ of, most }: { of: Throughput; most: number }): JSX.Element {
  const done = doneIn(of)
  const unknown = Array.from({ length: MINUTES - done.length }, () => null)
  return <Sparkline values={[...unknown, ...done]} most={most} label={`Tasks that ended in each minute of the last hour: ${number(doneInHour(of))} in all`} />
}
