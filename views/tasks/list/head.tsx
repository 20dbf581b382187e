import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { html } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Viewer } from '../../viewer.ts'
import { taskForm } from '../form.tsx'
import { listHref } from '../links.ts'
import { Outcome } from './outcome.tsx'
import { Chips, Search } from './search.tsx'

/** Above the list: search, filter chips, and the form for a new task. Never swapped. */
export function taskHead(query: TaskFilter, { queues, view }: Pick<TaskList, 'queues' | 'view'>, viewer: Viewer): string {
  const [only, second] = query.terms.filter(({ name, isExcluded }) => name === 'queue' && !isExcluded)
  const safeForm = taskForm({ values: only && !second ? { queue: only.value } : {}, fields: {}, queues, viewer })
  return html(
    <div class="head" id="tasks-head">
      <h1 class="visually-hidden">Tasks</h1>
      {viewer.may('tasks.create') ? (
        <details class="disclosure" hx-get="/ui/tasks/new" hx-trigger="toggle once" hx-target="#task-form" hx-swap="morph:outerHTML settle:0ms">
          <summary class="button tasks-new" data-look="primary" data-key="c">
            <Icon name="plus" />
            <span>New task</span>
          </summary>
          {safeForm}
        </details>
      ) : (
        ''
      )}
      <Search query={query} />
      <Chips query={query} view={view ?? null} viewer={viewer} />
      {query.outcome ? <Outcome outcome={query.outcome} back={listHref(query)} /> : ''}
    </div>,
  )
}
