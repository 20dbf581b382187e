import type { Task } from '../../../src/tasks/tasks.ts'
import { domId } from '../../ui/dom-id.ts'
import { Button } from '../../ui/form/button.tsx'
import { TextArea } from '../../ui/form/field.tsx'
import type { Viewer } from '../../viewer.ts'

/** The description with its form, which sends its version so that no edit is overwritten. */
export function Description({ task, viewer }: { task: Task; viewer: Viewer }): JSX.Element {
  const { id, description, version } = task
  const edits = viewer.may('tasks.operate')
  if (!description && !edits) return ''
  const action = `/api/tasks/${id}/description`
  const of = domId('task', id)
  return (
    <section class="block" aria-label="Description">
      <h2>Description</h2>
      {description ? (
        <p class="description" dir="auto" hx-disable safe>
          {description}
        </p>
      ) : (
        ''
      )}
      {edits ? (
        <details class="more">
          <summary>{description ? 'Edit' : 'Add a description'}</summary>
          <form method="post" action={action} hx-post={action} hx-target={`#${of}`} hx-swap="morph:innerHTML settle:0ms" class="form">
            <input type="hidden" name="version" value={String(version)} />
            <TextArea form={{ values: { description } }} of={of} name="description" label="Text" rows={4} wide />
            <div class="form-actions">
              <Button label="Save" look="primary" />
            </div>
          </form>
        </details>
      ) : (
        ''
      )}
    </section>
  )
}
