import type { Bucket, Throughput } from '../../src/queues/throughput.ts'
import { RANGES } from '../../src/queues/words.ts'
import { Chart } from '../ui/chart/chart.tsx'
import { timeColumns } from '../ui/chart/time-axis.ts'
import { number } from '../ui/number.ts'
import { duration } from '../ui/time.tsx'
import { tasksHref } from './links.ts'

interface ChartsProps {
  queue: string
  throughput: Throughput
}

/** Tasks created, as a line, and ended, by outcome. */
export function Done({ queue, throughput }: ChartsProps): JSX.Element {
  const { range } = throughput
  const { at, values, sum } = columnsOf(throughput)
  const href = (state: string) => tasksHref(queue, { state, since: range })
  const [created, succeeded, failed, other] = [sum('created'), sum('succeeded'), sum('failed'), sum('other')]
  return (
    <Chart
      id="queue-done"
      title={`Tasks ${per(throughput)}`}
      label={`Tasks in the ${RANGES[range].words}: ${number(created)} created, ${number(succeeded)} succeeded, ${number(failed)} failed, ${number(other)} cancelled or lost.`}
      columns={timeColumns(at, range)}
      bars={[
        { name: 'Failed', meaning: 'failed', values: values('failed'), sum: number(failed), href: href('failed') },
        { name: 'Cancelled or lost', meaning: 'other', values: values('other'), sum: number(other), href: tasksHref(queue, { state: 'done', since: range }) },
        { name: 'Succeeded', meaning: 'succeeded', values: values('succeeded'), sum: number(succeeded), href: href('succeeded') },
      ]}
      lines={[{ name: 'Created', meaning: 'created', values: values('created'), sum: number(created), href: tasksHref(queue, { since: range }) }]}
      unit="count"
      isFilling
    />
  )
}

/** Waiting times of ended tasks: mean and maximum. */
export function Waits({ throughput }: Pick<ChartsProps, 'throughput'>): JSX.Element {
  const { at, values } = columnsOf(throughput)
  const means = values('wait_ms')
  const most = Math.max(0, ...values('wait_ms_max').map((value) => value ?? 0))
  const last = means.findLast((value) => value !== null)
  const now = last == null ? 'Nothing ended' : `The latest average is ${duration(last)}, the maximum ${duration(most)}`
  return (
    <Chart
      id="queue-waits"
      title="Time in the queue"
      label={`How long tasks waited in the ${RANGES[throughput.range].words}. ${now}.`}
      columns={timeColumns(at, throughput.range)}
      lines={[
        { name: 'Longest', meaning: 'most', values: values('wait_ms_max') },
        { name: 'On average', meaning: 'mean', values: means },
      ]}
      unit="ms"
      isFilling
    />
  )
}

/** The buckets as columns over the whole range; before the first task is unknown. */
function columnsOf({ buckets, bucket_ms, from, until }: Throughput) {
  const at = Array.from({ length: (until - from) / bucket_ms + 1 }, (_, i) => from + i * bucket_ms)
  const missing = at.length - buckets.length
  const values = (name: Exclude<keyof Bucket, 'at'>) => at.map((_, i) => buckets[i - missing]?.[name] ?? null)
  const sum = (name: Exclude<keyof Bucket, 'at'>) => values(name).reduce<number>((all, value) => all + (value ?? 0), 0)
  return { at, values, sum }
}

function per({ bucket_ms }: Throughput): string {
  const minutes = bucket_ms / 60_000
  if (minutes === 1) return 'a minute'
  return minutes < 60 ? `in each ${minutes} min` : `in each ${minutes / 60} h`
}
