import type { TaskTypes } from '../../src/tasks/types/types.ts'
import { Button } from '../ui/form/button.tsx'
import { Checkbox, FormProblem, type FormState, Input, Select, TextArea } from '../ui/form/field.tsx'
import { attr, html } from '../ui/html.ts'
import type { Viewer } from '../viewer.ts'
import { SEND } from './send.ts'
import { BrokenTypes, TypeForm } from './types.tsx'

interface TaskFormProps extends FormState, Partial<TaskTypes> {
  queues: readonly string[]
  viewer: Viewer
}

const URGENCIES = ['medium', 'high', 'low'].map((value) => ({ value, label: `${value[0]?.toUpperCase()}${value.slice(1)}` }))
/** Rarely changed fields; they are unfolded if one is invalid. */
const SELDOM = ['cwd', 'env', 'project', 'urgency', 'retries', 'timeout_s', 'run_at', 'unique_key', 'contract', 'idempotent', 'description']

/** A new task, from a shell command or a task type. Without `types`, a script loads the whole form when it is opened. */
export function taskForm({ values = {}, fields = {}, message, see, queues, types, broken = [], viewer }: TaskFormProps): string {
  const typed = values.type
  const form = { values, fields, ...(message !== undefined && { message }), ...(see && { see }) }
  const isTyped = types?.some(({ name }) => name === typed)
  return html(
    <div id="task-form" class="new-task">
      {viewer.may('tasks.shell') ? <CommandForm form={isTyped ? {} : form} queues={queues} zone={viewer.zone} /> : ''}
      {types?.length ? <h2 class="new-task-types">Or choose a task type</h2> : ''}
      {types?.map((type) => (
        <TypeForm type={type} form={typed === type.name ? form : {}} isOpen={typed === type.name} />
      ))}
      <BrokenTypes broken={broken} />
      {types ? (
        ''
      ) : (
        <noscript>
          <a href="/tasks/new">Task types</a>
        </noscript>
      )}
      {!viewer.may('tasks.shell') && types?.length === 0 ? (
        <p class="muted">No task types yet. Add a file to the task-types folder in the server’s data folder.</p>
      ) : (
        ''
      )}
    </div>,
  )
}

function CommandForm({ form, queues, zone }: { form: FormState; queues: readonly string[]; zone: string }): JSX.Element {
  const of = 'new-task'
  const isRefused = Object.keys(form.fields ?? {}).length > 0
  return (
    <form {...SEND} class="form">
      <FormProblem form={form} />
      <div class="form-fields form-lead">
        <Input form={form} of={of} name="title" label="Title" placeholder="Defaults to the command" />
        <Input form={form} of={of} name="queue" label="Queue" placeholder="default" list="new-task-queues" />
        <datalist id="new-task-queues">
          {queues.map((queue) => (
            <option value={attr(queue)}></option>
          ))}
        </datalist>
        <TextArea form={form} of={of} name="command" label="Command" rows={2} required mono wide placeholder="echo hello" />
      </div>
      <More form={form} of={of} zone={form.values?.zone ?? zone} />
      <div class="form-actions">
        <Button {...(!isRefused && { id: 'new-task-send' })} label="Create task" look="primary" />
        <p class="field-help">A worker of the queue runs it with /bin/sh.</p>
      </div>
    </form>
  )
}

function More({ form, of, zone }: { form: FormState; of: string; zone: string }): JSX.Element {
  const isOpen = SELDOM.some((name) => form.fields?.[name])
  return (
    <details class="more" open={isOpen}>
      <summary>More options</summary>
      <div class="form-fields">
        <Input form={form} of={of} name="cwd" label="Folder" placeholder="The worker’s own" mono wide />
        <TextArea form={form} of={of} name="env" label="Environment" rows={2} placeholder="NAME=value" help="One variable in each line." mono wide />
        <Input form={form} of={of} name="project" label="Project" />
        <Select form={form} of={of} name="urgency" label="Urgency" options={URGENCIES} />
        <Input form={form} of={of} name="retries" label="Retries" type="number" min={0} max={20} placeholder="0" />
        <Input form={form} of={of} name="timeout_s" label="Time limit in seconds" type="number" min={1} placeholder="None" />
        <input type="hidden" name="zone" value={attr(zone)} />
        <Input form={form} of={of} name="run_at" label="Not before" type="datetime-local" help={`Time zone: ${zone}`} />
        <Input form={form} of={of} name="unique_key" label="Unique key" help="Only one open task may have this key." mono />
        <Input form={form} of={of} name="contract" label="Done when" wide />
        <TextArea form={form} of={of} name="description" label="Description" rows={3} wide />
        <Checkbox form={form} of={of} name="idempotent" label="Safe to run again if its worker is lost" />
      </div>
    </details>
  )
}
