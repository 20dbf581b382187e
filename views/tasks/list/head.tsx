import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { html } from '../../ui/html.ts'
import type { Viewer } from '../../viewer.ts'
import { listHref } from '../links.ts'
import { Outcome } from './outcome.tsx'
import { Chips, Search } from './search.tsx'

/** Above the list: search and filter chips. Never swapped. A new task begins with the queue that is shown. */
export function taskHead(query: TaskFilter, { view }: Pick<TaskList, 'view'>, viewer: Viewer): string {
  const [only, second] = query.terms.filter(({ name, isExcluded }) => name === 'queue' && !isExcluded)
  const fills = only && !second ? `queue=${encodeURIComponent(only.value)}` : undefined
  return html(
    <div class="head" id="tasks-head" data-fills={fills}>
      <h1 class="visually-hidden">Tasks</h1>
      <Search query={query} />
      <Chips query={query} view={view ?? null} viewer={viewer} />
      {query.outcome ? <Outcome outcome={query.outcome} back={listHref(query)} /> : ''}
    </div>,
  )
}
