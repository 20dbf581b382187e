import type { TaskType } from '../../../src/tasks/types/types.ts'
import { Checkbox, type FormState, Input, Select, TextArea } from '../../ui/form/field.tsx'
import { attr } from '../../ui/html.ts'
import { Secrets, splitEnvironment } from './secrets.tsx'

interface Part {
  form: FormState
  /** The form's id, the prefix of the fields' ids. */
  of: string
  type: TaskType | undefined
}

const URGENCIES = ['medium', 'high', 'low'].map((value) => ({ value, label: `${value[0]?.toUpperCase()}${value.slice(1)}` }))
const ON = [
  { value: 'success', label: 'Only if those succeeded' },
  { value: 'any', label: 'However those ended' },
]
const INPUTS = [
  { value: 'pty', label: 'A terminal' },
  { value: 'open', label: 'A pipe' },
]
/** Rarely changed fields; they are unfolded if one is set or invalid. */
const SELDOM = ['cwd', 'env', 'project', 'retries', 'timeout_s', 'run_at', 'after', 'unique_key', 'contract', 'idempotent', 'stdin', 'description']

export function Lead({ form, of, queues, type }: Part & { queues: readonly string[] }): JSX.Element {
  return (
    <div class="form-fields form-lead">
      <Input form={form} of={of} name="title" label="Title" placeholder={attr(type?.title ?? (type ? type.name : 'Defaults to the command'))} />
      <Input form={form} of={of} name="queue" label="Queue" placeholder={attr(type?.queue ?? 'default')} list="new-task-queues" />
      <datalist id="new-task-queues">
        {queues.map((queue) => (
          <option value={attr(queue)}></option>
        ))}
      </datalist>
    </div>
  )
}

export function More({ form, of, type, secrets, zone, isOpen }: Part & { secrets: readonly string[]; zone: string; isOpen: boolean }): JSX.Element {
  const isUsed = SELDOM.some((name) => form.fields?.[name] || form.values?.[name])
  const { lines, chosen } = splitEnvironment(form.values?.env ?? '')
  const plain = { ...form, values: { ...form.values, env: lines } }
  const field = { form: plain, of }
  return (
    <details class="more" open={isOpen || isUsed} data-keeps-open="more">
      <summary>More options</summary>
      <div class="form-fields">
        <Input {...field} name="cwd" label="Folder" placeholder={attr(type?.cwd ?? 'The worker’s own')} mono wide />
        <TextArea {...field} name="env" label="Environment" rows={2} placeholder="NAME=value" help="One variable in each line." mono wide />
        <Secrets of={of} secrets={secrets} chosen={chosen} />
        <input type="hidden" name="zone" value={attr(zone)} />
        <Input {...field} name="run_at" label="Not before" type="datetime-local" help={`Time zone: ${zone}`} />
        <Input {...field} name="after" label="After" placeholder="t_91, t_92" help="Starts once these tasks have ended." mono />
        <Select {...field} name="on" label="Starts" options={ON} />
        <Select {...field} name="urgency" label="Urgency" options={URGENCIES} />
        <Input {...field} name="retries" label="Retries" type="number" min={0} max={20} placeholder="0" />
        <Input
          {...field}
          name="timeout_s"
          label="Time limit in seconds"
          type="number"
          min={1}
          placeholder={type?.timeout_s === undefined ? 'None' : String(type.timeout_s)}
        />
        <Select {...field} name="stdin" label="Input" options={[{ value: '', label: type?.stdin ? 'As its type says' : 'None' }, ...INPUTS]} />
        <Input {...field} name="project" label="Project" />
        <Input {...field} name="unique_key" label="Unique key" help="Only one open task may have this key." mono />
        <Input {...field} name="contract" label="Done when" wide />
        <TextArea {...field} name="description" label="Description" rows={3} wide />
        <Checkbox {...field} name="idempotent" label="Safe to run again if its worker is lost" />
      </div>
    </details>
  )
}
