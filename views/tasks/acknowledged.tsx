import type { Task } from '../../src/tasks/tasks.ts'
import { domId } from '../ui/dom-id.ts'
import { Action, Button } from '../ui/form/button.tsx'
import { Input } from '../ui/form/field.tsx'
import { Ago } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'

/** Who acknowledged the failure, when and why, with Undo. */
export function Acknowledged({ task, viewer }: { task: Task; viewer: Viewer }): JSX.Element {
  const { id, acknowledged_at, acknowledged_by, acknowledged_note } = task
  if (acknowledged_at === null) return ''
  const panel = domId('task', id)
  const at = `/api/tasks/${id}`
  return (
    <div class="acknowledged">
      <p hx-disable>
        Acknowledged by <bdi safe>{acknowledged_by ?? ''}</bdi> <Ago at={acknowledged_at} now={viewer.now} />
        {acknowledged_note ? (
          <>
            : <bdi safe>{acknowledged_note}</bdi>
          </>
        ) : (
          ''
        )}
      </p>
      {viewer.may('tasks.operate') ? (
        <>
          <details class="menu" name="menu" id={domId('task', id, 'note')}>
            <summary class="button" data-look="plain">
              {acknowledged_note ? 'Edit note' : 'Add note'}
            </summary>
            <form
              class="menu-list acknowledged-note"
              method="post"
              action={`${at}/acknowledge`}
              hx-post={`${at}/acknowledge`}
              hx-target={`#${panel}`}
              hx-swap="morph:innerHTML settle:0ms"
            >
              <Input form={{ values: { note: acknowledged_note ?? '' } }} of={panel} name="note" label="Note" required />
              <Button label="Save" look="primary" />
            </form>
          </details>
          <Action action={`${at}/unacknowledge`} panel={panel} label="Undo" icon="undo" look="plain" />
        </>
      ) : (
        ''
      )}
    </div>
  )
}
