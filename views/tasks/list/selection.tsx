import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { Button } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'
import { matchOf } from '../links.ts'
import { totalOf } from './tabs.tsx'

/** The form that the rows' checkboxes belong to. */
export const SELECTION = 'tasks-selection'
/** A filter that matches all: an empty field would not be sent. */
const EVERYTHING = 'state='

/**
 * Replaces the header while rows are selected; without script it is above the table. Its verbs apply to the selected
 * rows or, if ticked, to all that match. Leads to the confirmation.
 */
export function SelectionBar({ data, query }: { data: TaskList; query: TaskFilter }): JSX.Element {
  const match = matchOf(query)
  const all = `all ${totalOf(data, query)?.toLocaleString('en-US') ?? ''} that match`.replace('  ', ' ')
  return (
    <selection-bar class="selection" id="tasks-selection-bar">
      <form id={SELECTION} method="get" action="/tasks/confirm">
        <strong class="selection-count" data-count-text>
          Selected tasks
        </strong>
        {!data.looked && (data.next || query.before) ? (
          <label class="selection-all">
            <input type="checkbox" name="match" value={attr(match || EVERYTHING)} autocomplete="off" data-all />
            <span safe>{`Select ${all}`}</span>
          </label>
        ) : (
          ''
        )}
        {match ? <input type="hidden" name="from" value={attr(match)} /> : ''}
        <Button name="verb" value="acknowledge" label="Acknowledge" icon="ack" />
        <Button name="verb" value="retry" label="Retry" icon="retrying" />
        <Button name="verb" value="cancel" label="Cancel" icon="cancelled" />
        <Button name="verb" value="delete" label="Delete…" icon="trash" look="danger" />
      </form>
      <span class="selection-note">List paused</span>
      <button type="button" class="button" data-look="plain" data-clear>
        Clear
      </button>
    </selection-bar>
  )
}
