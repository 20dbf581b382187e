import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { emptyState } from '../../ui/empty.tsx'
import type { Viewer } from '../../viewer.ts'
import { isNarrowed, listHref } from '../links.ts'
import { searchOnHref } from './looked.tsx'

/** Distinguishes no tasks, no matches, and no older tasks. */
export function nothing({ counts, looked, next }: TaskList, query: TaskFilter, viewer: Viewer): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const action = { label: 'Show all tasks', href: '/tasks' }
  if (all === 0) {
    return emptyState({
      title: 'No tasks yet',
      detail: 'Create one above, or from a shell on this server’s computer, in any folder:',
      command: viewer.command('run', '-- echo hello'),
    })
  }
  if (query.problem) return emptyState({ title: 'Invalid search', detail: 'Correct the marked part above.' })
  const exist = `${all.toLocaleString('en-US')} ${all === 1 ? 'task exists' : 'tasks exist'}.`
  if (looked) {
    const action = next ? { label: 'Search on', href: searchOnHref(query, next) } : { label: 'Clear the filter', href: listHref(query, { q: undefined }) }
    return emptyState({ title: looked.is_busy ? 'Not searched' : 'No matching logs', detail: next ? 'Older tasks may have printed it.' : exist, action })
  }
  if (query.before)
    return emptyState({
      title: 'No older tasks',
      detail: `You have reached the end; ${exist}`,
      action: { label: 'Back to the newest', href: listHref(query) },
    })
  const title = isNarrowed(query) ? 'No matching tasks' : `No ${query.state === 'open' ? 'open' : query.state === 'done' ? 'finished' : query.state} tasks`
  return emptyState({ title, detail: exist, action: isNarrowed(query) ? { label: 'Clear the filter', href: listHref(query, { q: undefined }) } : action })
}
