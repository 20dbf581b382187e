import { RANGES } from '../../src/queues/words.ts'
import type { Load } from '../../src/workers/load.ts'
import { Chart } from '../ui/chart/chart.tsx'
import { Ranges } from '../ui/chart/ranges.tsx'
import { timeColumns } from '../ui/chart/time-axis.ts'

/** The share of the worker's time that it was busy, over all its places. */
export function LoadChart({ id, load: { range, bucket_ms, from, shares } }: { id: string; load: Load }): JSX.Element {
  const known = shares.filter((share) => share !== null)
  const mean = known.length > 0 ? `${Math.round((known.reduce((sum, share) => sum + share, 0) / known.length) * 100)} %` : 'not known'
  return (
    <section class="block" aria-label="Load">
      <h2>Load</h2>
      <Ranges at={range} href={`/workers/${id}`} />
      <Chart
        id="worker-load"
        title="Busy"
        label={`How much of the ${RANGES[range].words} the worker was busy: ${mean} on average.`}
        columns={timeColumns(
          shares.map((_, i) => from + i * bucket_ms),
          range,
        )}
        bars={[{ name: 'Busy, on average', meaning: 'busy', values: shares, sum: mean }]}
        unit="share"
        isFilling
      />
    </section>
  )
}
