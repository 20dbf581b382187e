import type { TaskFilter } from '../../src/tasks/search/filter.ts'
import type { Term } from '../../src/tasks/search/search.ts'

type Place = { state?: string | undefined; q?: string | undefined; before?: string | undefined; limit?: number | undefined }

/** The URL of a list. A new filter starts at the newest task. */
export function listHref({ state, q, limit }: TaskFilter, changed: Place = {}): string {
  const search = searchOf({ state, q, limit, ...changed })
  return search ? `/tasks?${search}` : '/tasks'
}

/** The URL of a task's page, with the list that the viewer came from. */
export function taskHref(id: string, query: TaskFilter): string {
  const from = matchOf(query)
  return from ? `/tasks/${id}?from=${encodeURIComponent(from)}` : `/tasks/${id}`
}

/** The filter as a query string, without the cursor: what "all that match" means. */
export const matchOf = ({ state, q }: TaskFilter): string => searchOf({ state, q })

/** True if there is a search. */
export const isNarrowed = ({ q }: TaskFilter): boolean => Boolean(q)

/** The search without one term. */
export const without = ({ terms }: TaskFilter, gone: Term): string | undefined =>
  terms
    .filter((term) => term !== gone)
    .map(({ typed }) => typed)
    .join(' ') || undefined

function searchOf(place: Place): string {
  const set = Object.entries(place).flatMap(([name, value]) => (value ? [[name, String(value)]] : []))
  return new URLSearchParams(set).toString()
}
