import { z } from 'zod'
import { line } from '../input/texts.ts'
import { type App, perApp } from '../live/app.ts'

const amount = z.number().min(0)

export const Progress = z
  .strictObject({ done: amount, total: amount.optional(), note: line(200).optional() })
  .refine(({ done, total }) => total === undefined || done <= total, { path: ['done'], message: 'Must not exceed the total.' })
export type Progress = z.infer<typeof Progress>

export const writeProgress = (progress: Progress): string => JSON.stringify(progress)
export const readProgress = (text: string | null): Progress | null => (text === null ? null : JSON.parse(text))

const moved = perApp(() => ({ times: 0 }))

export const progressVersion = (app: App): number => moved(app).times

/** Sends progress to the pages that show the task. Only the latest counts; the event log has none. */
export function publishProgress(app: App, id: string, progress: Progress) {
  moved(app).times++
  app.hub.pulse('tasks', `${id}-progress`, progress)
}
