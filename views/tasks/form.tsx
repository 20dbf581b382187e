import type { Viewer } from '../../src/http/panel.ts'
import type { TaskType, TaskTypeParam } from '../../src/tasks/types.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox, FormProblem, type FormState, Input, Select, TextArea } from '../ui/field.tsx'
import { attr, html } from '../ui/html.ts'

export interface TaskFormProps extends FormState {
  queues: readonly string[]
  types: readonly TaskType[]
  viewer: Viewer
}

const SEND = { method: 'post', action: '/api/tasks', 'hx-post': '/api/tasks', 'hx-target': '#task-form', 'hx-swap': 'outerHTML settle:0ms' } as const
const URGENCIES = ['medium', 'high', 'low'].map((value) => ({ value, label: `${value[0]?.toUpperCase()}${value.slice(1)}` }))
/** What most tasks leave as it is. A refused field among them opens the rest. */
const SELDOM = ['project', 'urgency', 'retries', 'timeout_s', 'run_at', 'unique_key', 'contract', 'idempotent', 'description']

/** A new task: a shell command, or one of the types of this server with its parameters. */
export function taskForm({ values = {}, fields = {}, message, queues, types, viewer }: TaskFormProps): string {
  const typed = values.type
  const form = { values, fields, ...(message !== undefined && { message }) }
  return html(
    <div id="task-form" class="new-task">
      {viewer.may('tasks.shell') ? <CommandForm form={typed ? {} : form} queues={queues} /> : ''}
      {types.length > 0 ? <h2 class="new-task-types">Or one of the types of this server</h2> : ''}
      {types.map((type) => (
        <TypeForm type={type} form={typed === type.name ? form : {}} isOpen={typed === type.name} />
      ))}
      {!viewer.may('tasks.shell') && types.length === 0 ? (
        <p class="muted">There are no task types here: put one into the folder task-types of the server’s data.</p>
      ) : (
        ''
      )}
    </div>,
  )
}

function CommandForm({ form, queues }: { form: FormState; queues: readonly string[] }): JSX.Element {
  const of = 'new-task'
  const isRefused = Object.keys(form.fields ?? {}).length > 0
  return (
    <form {...SEND} class="form">
      <FormProblem form={form} />
      <div class="form-fields form-lead">
        <Input form={form} of={of} name="title" label="Title" placeholder="Taken from what runs, if empty" />
        <Input form={form} of={of} name="queue" label="Queue" placeholder="default" list="new-task-queues" />
        <datalist id="new-task-queues">
          {queues.map((queue) => (
            <option value={attr(queue)}></option>
          ))}
        </datalist>
        <TextArea form={form} of={of} name="command" label="Command" rows={2} required mono wide placeholder="echo hello" />
      </div>
      <More form={form} of={of} />
      <div class="form-actions">
        <Button {...(!isRefused && { id: 'new-task-send' })} label="Create task" look="primary" />
        <p class="field-help">A worker of the queue runs it with /bin/sh.</p>
      </div>
    </form>
  )
}

function More({ form, of }: { form: FormState; of: string }): JSX.Element {
  const isOpen = SELDOM.some((name) => form.fields?.[name])
  return (
    <details class="more" open={isOpen}>
      <summary>More choices</summary>
      <div class="form-fields">
        <Input form={form} of={of} name="project" label="Project" />
        <Select form={form} of={of} name="urgency" label="Urgency" options={URGENCIES} />
        <Input form={form} of={of} name="retries" label="Retries" type="number" min={0} max={20} placeholder="0" />
        <Input form={form} of={of} name="timeout_s" label="Time limit, seconds" type="number" min={1} placeholder="None" />
        <Input form={form} of={of} name="run_at" label="Not before" type="datetime-local" />
        <Input form={form} of={of} name="unique_key" label="Unique key" help="No second open task may have it." mono />
        <Input form={form} of={of} name="contract" label="Done when" wide />
        <TextArea form={form} of={of} name="description" label="Description" rows={3} wide />
        <Checkbox form={form} of={of} name="idempotent" label="Safe to run again if its worker is lost" />
      </div>
    </details>
  )
}

function TypeForm({ type, form, isOpen }: { type: TaskType; form: FormState; isOpen: boolean }): JSX.Element {
  const of = `task-type-${type.name}`
  return (
    <details class="task-type" open={isOpen} id={of}>
      <summary>
        <span safe>{type.title ?? type.name}</span>
        <code safe>{type.name}</code>
      </summary>
      <form {...SEND} class="form">
        <FormProblem form={form} />
        {type.description ? (
          <p class="muted" safe>
            {type.description}
          </p>
        ) : (
          ''
        )}
        <input type="hidden" name="type" value={attr(type.name)} />
        <div class="form-fields">
          {Object.entries(type.params).map(([name, param]) => (
            <Param name={name} param={param} form={form} of={of} />
          ))}
        </div>
        <div class="form-actions">
          <Button label={`Run ${type.name}`} look="primary" />
        </div>
      </form>
    </details>
  )
}

function Param({ name, param, form, of }: { name: string; param: TaskTypeParam; form: FormState; of: string }): JSX.Element {
  const given = form.values ?? { [`params.${name}`]: param.default === undefined ? '' : String(param.default) }
  const field = { form: { ...form, values: given }, of, name: `params.${name}`, label: param.label ?? name, ...(param.help && { help: param.help }) }
  if (param.type === 'boolean') return <Checkbox {...field} />
  if (param.type === 'choice') {
    const values = param.required ? (param.values ?? []) : ['', ...(param.values ?? [])]
    return <Select {...field} options={values.map((value) => ({ value, label: value || 'None' }))} />
  }
  const isNumber = param.type === 'integer' || param.type === 'number'
  const bounds = { ...(param.min !== undefined && { min: param.min }), ...(param.max !== undefined && { max: param.max }) }
  return <Input {...field} {...(isNumber ? { type: 'number' as const, ...bounds } : {})} required={param.required} />
}
