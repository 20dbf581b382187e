import { typedTerm } from '../../src/tasks/words.ts'

/** A queue's own page; a name that a browser would take for a step in the path has only its list. */
export const queueHref = (queue: string): string => (/^\.{1,2}$/.test(queue) ? tasksHref(queue) : `/queues/${encodeURIComponent(queue)}`)

/** The tasks of a queue, in one state, created since. */
export function tasksHref(queue: string, { state, since }: { state?: string; since?: string } = {}): string {
  const term = typedTerm('queue', queue)
  return `/tasks?${new URLSearchParams({ ...(state && { state }), q: since ? `${term} since:${since}` : term })}`
}
