import type { TaskFilter } from '../../src/tasks/filter.ts'
import { Button } from '../ui/button.tsx'
import { matchOf } from './links.ts'

/** The form that the rows' checkboxes belong to. */
export const SELECTION = 'tasks-selection'

/** Takes the header's place while rows are chosen; without script it stands above the table. Leads to the confirm step. */
export function SelectionBar({ query }: { query: TaskFilter }): JSX.Element {
  const match = encodeURIComponent(matchOf(query))
  return (
    <selection-bar class="selection" id="tasks-selection-bar">
      <form id={SELECTION} method="get" action="/tasks/confirm">
        <strong class="selection-count" data-count-text>
          Chosen tasks
        </strong>
        <Button name="verb" value="retry" label="Retry" icon="retrying" />
        <Button name="verb" value="cancel" label="Cancel" icon="cancelled" />
        <Button name="verb" value="delete" label="Delete…" icon="trash" look="danger" />
      </form>
      <span class="selection-all">
        All that match:
        <a href={`/tasks/confirm?verb=retry&match=${match}`}>retry</a>
        <a href={`/tasks/confirm?verb=cancel&match=${match}`}>cancel</a>
        <a href={`/tasks/confirm?verb=delete&match=${match}`}>delete</a>
      </span>
      <span class="selection-note">The list holds still</span>
      <button type="button" class="button" data-look="plain" data-clear>
        Clear
      </button>
    </selection-bar>
  )
}
