import { every } from '../../time/every.ts'
import type { Site } from '../site.ts'
import { pulseOf } from '../slice.ts'

/** Tells the pages of a slice with a pulse when its version has moved. The answer stops it. */
export function startPulses(app: Site): () => Promise<unknown> {
  const failed = (error: unknown) => app.log.error('telling pages of a change failed', error)
  const stops = app.slices.flatMap((slice) => {
    const pulse = pulseOf(slice)
    const { many: name } = slice.noun
    if (!pulse) return []
    let sent = pulse.version(app)
    const look = () => {
      const version = pulse.version(app)
      if (version !== sent) app.hub.pulse(name, `${name}-pulse`, {})
      sent = version
    }
    return [every(pulse.everyMs, look, failed)]
  })
  return () => Promise.all(stops.map((stop) => stop()))
}
