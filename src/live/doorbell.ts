import { LOCAL, type LoggedEvent } from '../log/log.ts'
import type { App } from './app.ts'

/** Waits for a commit that `matters`, but may return early, so check again. Open it before the first check, or a change is missed. */
export function doorbell(app: App, matters: (event: LoggedEvent) => boolean): { wait(ms: number, gone?: AbortSignal): Promise<void>; close(): void } {
  let rung = false
  let ring = () => {}
  const close = app.hub.listen((written) => {
    if (!written.some((event) => event.source === LOCAL && matters(event))) return
    rung = true
    ring()
  })
  return {
    close,
    async wait(ms, gone) {
      if (!rung && !gone?.aborted) {
        await new Promise<void>((resolve) => {
          ring = resolve
          const timer = setTimeout(resolve, ms)
          gone?.addEventListener('abort', () => resolve(), { once: true })
          timer.unref()
        })
      }
      rung = false
      ring = () => {}
    },
  }
}
