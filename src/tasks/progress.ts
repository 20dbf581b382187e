import { z } from 'zod'
import { line } from '../input/texts.ts'
import { type App, perApp } from '../live/app.ts'

const amount = z.number().min(0)

export const Progress = z
  .strictObject({ done: amount, total: amount.optional(), text: line(200).optional() })
  .refine(({ done, total }) => total === undefined || done <= total, { path: ['done'], message: 'Must not exceed the total.' })
export type Progress = z.infer<typeof Progress>

export const writeProgress = (progress: Progress): string => JSON.stringify(progress)
export const readProgress = (text: string | null): Progress | null => (text === null ? null : JSON.parse(text))

const moved = perApp(() => ({ times: 0 }))
const followers = perApp(() => new Map<string, Set<(progress: Progress) => void>>())

export const progressVersion = (app: App): number => moved(app).times

/** Sends progress to the pages that show the task. Only the latest counts; the event log has none. */
export function publishProgress(app: App, id: string, progress: Progress) {
  moved(app).times++
  app.hub.pulse('tasks', `${id}-progress`, progress)
  for (const show of followers(app).get(id) ?? []) show(progress)
}

/** Calls `show` with each report of the task's progress. Returns a function that ends it. */
export function onProgress(app: App, id: string, show: (progress: Progress) => void): () => void {
  const all = followers(app)
  const shown = all.get(id) ?? new Set()
  all.set(id, shown.add(show))
  return () => {
    shown.delete(show)
    if (shown.size === 0) all.delete(id)
  }
}
