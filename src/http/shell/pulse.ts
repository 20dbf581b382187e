import type { Site } from '../site.ts'

/** Tells the pages that show a panel with a pulse when its version has moved. The answer stops it. */
export function startPulses(app: Site): () => void {
  const timers = app.panels.flatMap(({ name, pulse }) => {
    if (!pulse) return []
    let told = pulse.version(app)
    const beat = () => {
      const version = pulse.version(app)
      if (version !== told) app.hub.pulse(name, `${name}-pulse`, {})
      told = version
    }
    return [setInterval(beat, pulse.ms).unref()]
  })
  return () => timers.forEach(clearInterval)
}
