import type { TaskFilter } from '../../src/tasks/filter.ts'
import type { TaskList, TaskState } from '../../src/tasks/tasks.ts'
import { isNarrowed, listHref } from './links.ts'

type Tab = { state: TaskFilter['state']; title: string; of: readonly TaskState[]; alert?: boolean }

const TABS: readonly Tab[] = [
  { state: undefined, title: 'All', of: ['queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'lost'] },
  { state: 'open', title: 'Open', of: ['queued', 'claimed', 'running'] },
  { state: 'queued', title: 'Queued', of: ['queued'] },
  { state: 'running', title: 'Running', of: ['running'] },
  { state: 'failed', title: 'Failed', of: ['failed'], alert: true },
  { state: 'lost', title: 'Lost', of: ['lost'], alert: true },
  { state: 'succeeded', title: 'Succeeded', of: ['succeeded'] },
  { state: 'cancelled', title: 'Cancelled', of: ['cancelled'] },
]

/** The states as links. The numbers are over all tasks, so a list that is narrowed further shows none. */
export function Tabs({ counts, query }: { counts: TaskList['counts']; query: TaskFilter }): JSX.Element {
  const isCounted = !isNarrowed(query)
  return (
    <nav class="tabs" id="tasks-tabs" aria-label="By state">
      {TABS.map(({ state, title, of, alert }) => {
        const count = of.reduce((sum, each) => sum + counts[each], 0)
        return (
          <a href={listHref(query, { state })} aria-current={query.state === state ? 'page' : undefined}>
            <span>{title as 'safe'}</span>
            {isCounted ? (
              <span class="tab-count" data-tone={alert && count > 0 ? 'alert' : undefined}>
                {count.toLocaleString('en-US') as 'safe'}
              </span>
            ) : (
              ''
            )}
          </a>
        )
      })}
    </nav>
  )
}
