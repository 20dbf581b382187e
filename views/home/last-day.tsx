import type { Hour } from '../../src/queues/throughput.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { wallAt } from '../ui/time.tsx'

const HOURS = 24
const BAR = 8
const STEP = 10
const HEIGHT = 64
/** A failure is seen however many succeeded. */
const LEAST_FAILED = 3

/** What succeeded and failed in the last 24 hours, by the hour. */
export function LastDay({ hours }: { hours: readonly Hour[] }): JSX.Element {
  const [succeeded, failed] = [sum(hours.map(({ succeeded }) => succeeded)), sum(hours.map(({ failed }) => failed))]
  if (succeeded + failed === 0) return ''
  const most = Math.max(1, ...hours.map(({ succeeded, failed }) => succeeded + failed))
  const label = `In the last 24 hours, ${number(succeeded)} tasks succeeded and ${number(failed)} failed`
  return (
    <section class="last-day" aria-labelledby="last-day-title">
      <header class="block-head">
        <h2 id="last-day-title">Last 24 hours</h2>
      </header>
      <p class="last-day-sums">
        <span data-series="succeeded">
          <span class="chart-key" aria-hidden="true"></span> <strong>{number(succeeded) as 'safe'}</strong> succeeded
        </span>
        <span data-series="failed">
          <span class="chart-key" aria-hidden="true"></span> <strong>{number(failed) as 'safe'}</strong> failed
        </span>
      </p>
      <svg class="last-day-bars" viewBox={`0 0 ${HOURS * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={attr(label)}>
        {hours.map(({ succeeded: done, failed }, i) => {
          const [up, red] = [heightOf(done, most), failed > 0 ? Math.max(LEAST_FAILED, heightOf(failed, most)) : 0]
          const base = Math.min(HEIGHT, HEIGHT - up)
          return (
            <>
              {up > 0 ? <path d={`M${i * STEP} ${HEIGHT}v-${up}h${BAR}v${up}z`}></path> : ''}
              {red > 0 ? <path class="last-day-failed" d={`M${i * STEP} ${Math.max(red, base)}v-${red}h${BAR}v${red}z`}></path> : ''}
            </>
          )
        })}
      </svg>
      <p class="last-day-hours" aria-hidden="true">
        {[0, 6, 12, 18].map((i) => (
          <span safe>{wallAt(hours[i]?.at ?? 0).clock}</span>
        ))}
        <span>now</span>
      </p>
    </section>
  )
}

const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0)
const heightOf = (value: number, most: number) => Math.round((value / most) * HEIGHT * 10) / 10
