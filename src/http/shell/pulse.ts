import type { Site } from '../site.ts'
import { pulseOf } from '../slice.ts'

/** Tells the pages of a slice with a pulse when its version has moved. The answer stops it. */
export function startPulses(app: Site): () => void {
  const timers = app.slices.flatMap((slice) => {
    const pulse = pulseOf(slice)
    const { many: name } = slice.noun
    if (!pulse) return []
    let sent = pulse.version(app)
    const look = () => {
      const version = pulse.version(app)
      if (version !== sent) app.hub.pulse(name, `${name}-pulse`, {})
      sent = version
    }
    return [setInterval(look, pulse.everyMs).unref()]
  })
  return () => timers.forEach(clearInterval)
}
