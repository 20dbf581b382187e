import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { WINDOW_SIZE } from '../../../src/tasks/words.ts'
import { Button } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'
import { listHref } from '../links.ts'
import { searchOnHref } from './looked.tsx'

/** Links to older tasks: the next ones, or those before a time. */
export function Pager({ data: { next, items, looked }, query, zone }: { data: TaskList; query: TaskFilter; zone: string }): JSX.Element {
  if (items.length === 0 || (!next && !query.before)) return ''
  return (
    <nav class="pager" id="tasks-pager" aria-label="Older and newer tasks">
      {query.before ? (
        <a class="button" href={listHref(query)}>
          Back to the newest
        </a>
      ) : (
        ''
      )}
      {next && looked ? (
        <a class="button" href={searchOnHref(query, next)} rel="next">
          Search on
        </a>
      ) : next ? (
        <a class="button" href={listHref(query, { before: next, limit: query.limit })} rel="next" data-more>
          {`Show ${query.limit ?? WINDOW_SIZE} more` as 'safe'}
        </a>
      ) : (
        <span class="muted">No older tasks.</span>
      )}
      <JumpToTime query={query} zone={zone} />
    </nav>
  )
}

/** A plain form: the list before a time in the viewer's zone. */
function JumpToTime({ query: { state, q, until, before }, zone }: { query: TaskFilter; zone: string }): JSX.Element {
  return (
    <form class="jump" method="get" action="/tasks">
      {state ? <input type="hidden" name="state" value={state} /> : ''}
      {q ? <input type="hidden" name="q" value={attr(q)} /> : ''}
      <input type="hidden" name="zone" value={attr(zone)} data-own-zone />
      <label class="jump-label">
        <span>Before</span>
        <input type="datetime-local" name="before" required value={until === undefined ? undefined : attr((before ?? '').slice(0, 16))} />
      </label>
      <Button label="Jump to time" />
    </form>
  )
}
