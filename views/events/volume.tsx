import type { Volume } from '../../src/events/recent.ts'
import { duration, timeOfDay } from '../ui/time.tsx'

const BAR = 8
const GAP = 2
const HEIGHT = 32

/** How many events there were lately, of all kinds. */
export function VolumeStrip({ volume: { ms, bars }, now }: { volume: Volume; now: number }): JSX.Element {
  const most = Math.max(1, ...bars)
  const path = bars.map((events, i) => barAt(i * BAR, (events / most) * HEIGHT)).join('')
  const words = `All events in the last ${duration(ms)}, ${duration(ms / bars.length)} each; at most ${most.toLocaleString('en-US')}`
  return (
    <div class="volume" id="events-volume">
      <svg viewBox={`0 0 ${bars.length * BAR} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <path d={path}></path>
      </svg>
      <p class="volume-along">
        <span safe>{`${timeOfDay(new Date(now - ms).toISOString(), now)}, at most ${most.toLocaleString('en-US')} in ${duration(ms / bars.length)}`}</span>
        <span>now</span>
      </p>
    </div>
  )
}

/** At least a pixel high, if there is anything to show. */
function barAt(x: number, height: number): string {
  if (height === 0) return ''
  const top = HEIGHT - Math.max(1, Math.round(height))
  return `M${x} ${HEIGHT}V${top}h${BAR - GAP}V${HEIGHT}z`
}
