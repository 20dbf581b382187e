import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { Button } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'
import { matchOf } from '../links.ts'

/** Saves the filter as a view; renames and deletes the view that it is. */
export function SavedView({ query, view }: { query: TaskFilter; view: TaskList['view'] }): JSX.Element {
  if (!view) {
    return (
      <li>
        <Name label="Save view" action="/api/tasks/views" fields={{ search: matchOf(query) }} />
      </li>
    )
  }
  return (
    <>
      <li>
        <Name label="Rename view" action={`/api/tasks/views/${view.id}/rename`} name={view.name} />
      </li>
      <li>
        <form method="post" action={`/api/tasks/views/${view.id}/delete`}>
          <button type="submit" class="chip-clear" title={attr(`Delete the saved view “${view.name}”`)}>
            Delete view
          </button>
        </form>
      </li>
    </>
  )
}

interface NameProps {
  label: string
  action: string
  name?: string
  fields?: Readonly<Record<string, string>>
}

/** A menu with a form that asks for a name. */
function Name({ label, action, name = '', fields = {} }: NameProps): JSX.Element {
  return (
    <details class="menu name-view">
      <summary class="chip-clear" safe>
        {label}
      </summary>
      <form class="menu-list name-view-form" method="post" action={action}>
        {Object.entries(fields).map(([field, value]) => (
          <input type="hidden" name={field} value={attr(value)} />
        ))}
        <label class="field">
          <span class="field-label">Name</span>
          <input type="text" name="name" value={attr(name)} required maxlength={60} autocomplete="off" />
        </label>
        <Button label="Save" look="primary" />
      </form>
    </details>
  )
}
