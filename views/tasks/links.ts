import type { TaskFilter } from '../../src/tasks/filter.ts'

/** The list's URL for a filter; what is not set is not in it, and a new filter begins at the newest task. */
export function listHref(query: TaskFilter, changed: Partial<Record<keyof TaskFilter, string | undefined>> = {}): string {
  const search = searchOf({ ...query, before: undefined, ...changed })
  return search ? `/tasks?${search}` : '/tasks'
}

/** The filter as a query string, without the cursor: what "all that match" means. */
export const matchOf = (query: TaskFilter): string => searchOf({ ...query, before: undefined })

/** What is asked for beside the state. */
export const isNarrowed = ({ queue, worker, project, since, q }: TaskFilter): boolean => [queue, worker, project, since, q].some(Boolean)

function searchOf(query: Partial<Record<string, string | undefined>>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return new URLSearchParams(set).toString()
}
