import { escapeHtml } from '@kitajs/html'
import { attr } from '../html.ts'

/** The values and errors of a refused form, by field and as a whole. */
export interface FormState {
  values?: Readonly<Record<string, string>>
  fields?: Readonly<Record<string, string>>
  message?: string
  /** What it conflicts with. */
  see?: { href: string; label: string }
}

interface FieldProps {
  form: FormState
  /** The form's id, the prefix of the field's id. */
  of: string
  name: string
  label: string
  help?: string
  wide?: boolean
  /** It has the focus when the form opens, unless another field is invalid. */
  focus?: boolean
}

type InputProps = FieldProps & {
  type?: 'text' | 'password' | 'number' | 'search' | 'datetime-local'
  placeholder?: string
  required?: boolean
  min?: number
  max?: number
  list?: string
  mono?: boolean
}

export function Input({ type = 'text', placeholder, required, min, max, list, mono, ...field }: InputProps): JSX.Element {
  return (
    <Field {...field}>
      <input
        {...control(field)}
        type={type}
        value={attr(field.form.values?.[field.name] ?? '')}
        placeholder={placeholder}
        required={required}
        min={min}
        max={max}
        list={list}
        class={mono ? 'mono' : undefined}
        autocomplete="off"
        spellcheck={mono ? 'false' : undefined}
      />
    </Field>
  )
}

export function TextArea({
  rows,
  required,
  mono,
  placeholder,
  ...field
}: FieldProps & { rows: number; required?: boolean; mono?: boolean; placeholder?: string }): JSX.Element {
  const safeText = escaped(field.form.values?.[field.name] ?? '')
  return (
    <Field {...field}>
      <textarea
        {...control(field)}
        rows={String(rows)}
        required={required}
        placeholder={placeholder}
        class={mono ? 'mono' : undefined}
        spellcheck={mono ? 'false' : undefined}
      >
        {safeText}
      </textarea>
    </Field>
  )
}

interface Option {
  value: string
  label: string
}

export function Select({ options, ...field }: FieldProps & { options: readonly Option[] }): JSX.Element {
  const chosen = field.form.values?.[field.name] ?? ''
  return (
    <Field {...field}>
      <select {...control(field)}>
        {options.map(({ value, label }) => (
          <option value={attr(value)} selected={value === chosen} safe>
            {label}
          </option>
        ))}
      </select>
    </Field>
  )
}

export function Checkbox({ form, of, name, label, help }: FieldProps): JSX.Element {
  const value = form.values?.[name]
  return (
    <div class="field field-check">
      <label>
        <input id={`${of}-${name}`} type="checkbox" name={name} checked={value === 'on' || value === 'true'} />
        <span safe>{label}</span>
      </label>
      {help ? (
        <p class="field-help" safe>
          {help}
        </p>
      ) : (
        ''
      )}
    </div>
  )
}

/** The error of the form as a whole, unless it repeats that of a field. */
export function FormProblem({ form: { message, fields = {}, see } }: { form: FormState }): JSX.Element {
  const isTold = Object.values(fields).some((problem) => message?.includes(problem))
  if (!message || isTold) return ''
  return (
    <p class="problem" role="alert">
      <span safe>{message}</span>
      {see ? (
        <>
          {' '}
          <a href={attr(see.href)} safe>
            {see.label}
          </a>
        </>
      ) : (
        ''
      )}
    </p>
  )
}

function Field({ form, of, name, label, help, wide, children }: FieldProps & { children?: JSX.Element }): JSX.Element {
  const problem = form.fields?.[name]
  const safeControl = children
  return (
    <div class={wide ? 'field field-wide' : 'field'}>
      <label for={`${of}-${name}`} safe>
        {label}
      </label>
      {safeControl}
      {problem ? (
        <p class="field-problem" id={`${of}-${name}-problem`} safe>
          {problem}
        </p>
      ) : (
        ''
      )}
      {help && !problem ? (
        <p class="field-help" id={`${of}-${name}-help`} safe>
          {help}
        </p>
      ) : (
        ''
      )}
    </div>
  )
}

function control({ form, of, name, help, focus = false }: FieldProps) {
  const [invalid] = Object.keys(form.fields ?? {})
  const problem = form.fields?.[name] !== undefined
  const described = problem ? 'problem' : help ? 'help' : undefined
  return {
    id: `${of}-${name}`,
    name,
    'aria-invalid': problem ? 'true' : undefined,
    'aria-describedby': described && `${of}-${name}-${described}`,
    // The first invalid field gets the focus, after a swap or a load.
    autofocus: invalid === undefined ? focus : invalid === name,
  } as const
}

/** HTML drops the first newline of a textarea, so one in the text needs another before it. */
const escaped = (text: string) => `${text.startsWith('\n') ? '\n' : ''}${escapeHtml(text)}`
