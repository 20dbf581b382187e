import { typedTerm } from '../../src/tasks/words.ts'

/** A queue's page; `.` and `..` have only their list, as browsers resolve them as path steps. */
export const queueHref = (queue: string): string => (/^\.{1,2}$/.test(queue) ? tasksHref(queue) : `/queues/${encodeURIComponent(queue)}`)

/** The tasks of a queue, in one state, created since. */
export function tasksHref(queue: string, { state, since }: { state?: string; since?: string } = {}): string {
  const term = typedTerm('queue', queue)
  return `/tasks?${new URLSearchParams({ ...(state && { state }), q: since ? `${term} since:${since}` : term })}`
}
