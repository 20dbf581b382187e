import { Button } from '../ui/form/button.tsx'
import { FormProblem, type FormState, Input } from '../ui/form/field.tsx'
import { html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'

const LAUNCH = '/api/workers/launch'

/** Above the list: the form that launches a worker on the server's machine. */
export function workerHead(viewer: Viewer, form: FormState = {}): string {
  const isRefused = form.message !== undefined || Object.keys(form.fields ?? {}).length > 0
  return html(
    <div class="head" id="workers-head">
      <h1 class="visually-hidden">Workers</h1>
      {viewer.may('workers.operate') ? (
        <details class="disclosure" open={isRefused}>
          <summary class="button" data-look="primary">
            <Icon name="plus" />
            <span>Launch a worker</span>
          </summary>
          <LaunchForm form={form} />
        </details>
      ) : (
        ''
      )}
      <p class="head-words">A worker claims tasks from its queues and runs one or more at a time.</p>
    </div>,
  )
}

function LaunchForm({ form }: { form: FormState }): JSX.Element {
  const of = 'launch'
  const values = { queues: 'default', concurrency: '1', ...form.values }
  const filled = { ...form, values }
  return (
    <form id="worker-form" class="form" method="post" action={LAUNCH} hx-post={LAUNCH} hx-target="#workers-head" hx-swap="outerHTML settle:0ms">
      <FormProblem form={form} />
      <div class="form-fields">
        <Input form={filled} of={of} name="name" label="Name" placeholder="local" />
        <Input form={filled} of={of} name="queues" label="Queues" help="Separate several with commas; * means all queues." mono />
        <Input form={filled} of={of} name="concurrency" label="Tasks at once" type="number" min={1} max={64} />
      </div>
      <div class="form-actions">
        <Button label="Launch" look="primary" />
        <p class="field-help">It runs on the server’s machine, under the server’s account.</p>
      </div>
    </form>
  )
}
