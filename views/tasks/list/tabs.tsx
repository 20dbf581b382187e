import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import type { TaskState } from '../../../src/tasks/words.ts'
import { isNarrowed, listHref } from '../links.ts'

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

/** The number of matching tasks, if it is known without counting. */
export function totalOf({ counts, items, next }: TaskList, query: TaskFilter): number | undefined {
  if (!next && !query.before) return items.length
  const tab = TABS.find(({ state }) => state === query.state)
  return isNarrowed(query) || !tab ? undefined : countIn(counts, tab)
}

const countIn = (counts: TaskList['counts'], { of }: Tab) => of.reduce((sum, state) => sum + counts[state], 0)

/** The states as links, with counts only if nothing else narrows the list. */
export function Tabs({ counts, query }: { counts: TaskList['counts']; query: TaskFilter }): JSX.Element {
  const isCounted = !isNarrowed(query)
  return (
    <nav class="tabs" id="tasks-tabs" aria-label="By state">
      {TABS.map((tab) => {
        const { state, title, alert } = tab
        const count = countIn(counts, tab)
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
