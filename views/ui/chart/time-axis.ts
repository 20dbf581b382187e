import { wallAt } from '../time.tsx'
import type { Column } from './series.ts'

const HOUR = 60
const DAY = 24 * HOUR

/** Minutes between two marks: at most seven of them, so that they fit a phone. */
const STEPS = { '1h': 15, '6h': HOUR, '24h': 4 * HOUR, '7d': DAY }

/** Columns of a chart over time, marked where a round time of the reader's own clock begins. */
export function timeColumns(at: readonly number[], range: keyof typeof STEPS): Column[] {
  const step = STEPS[range]
  const rounds = at.map((each) => Math.floor(minuteOf(each) / step))
  return at.map((each, i) => {
    const isMarked = i > 0 ? rounds[i] !== rounds[i - 1] : minuteOf(each) % step === 0
    const name = nameOf(each, range === '7d')
    return isMarked ? { name, mark: markOf(each, (rounds[i] as number) * step, step) } : { name }
  })
}

function minuteOf(at: number): number {
  const { number, clock } = wallAt(at)
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return number * DAY + hour * HOUR + minute
}

function markOf(at: number, minute: number, step: number): string {
  if (step === DAY) return wallAt(at).weekday
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor((minute % DAY) / HOUR))}:${two(minute % HOUR)}`
}

function nameOf(at: number, isLong: boolean): string {
  const { date, clock } = wallAt(at)
  return isLong ? `${date} ${clock}` : clock
}
