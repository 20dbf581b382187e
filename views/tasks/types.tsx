import type { BrokenType, Mistake, TaskType, TaskTypeParam } from '../../src/tasks/types/types.ts'
import { Button } from '../ui/form/button.tsx'
import { Checkbox, FormProblem, type FormState, Input, Select } from '../ui/form/field.tsx'
import { attr } from '../ui/html.ts'
import { SEND } from './send.ts'

/** A task type as a form. */
export function TypeForm({ type, form, isOpen }: { type: TaskType; form: FormState; isOpen: boolean }): JSX.Element {
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

/** Invalid files, with their mistakes. */
export function BrokenTypes({ broken }: { broken: readonly BrokenType[] }): JSX.Element {
  if (broken.length === 0) return ''
  return (
    <section class="broken-types" aria-labelledby="broken-types-title">
      <h2 id="broken-types-title">Task types with mistakes</h2>
      {broken.map(({ file, mistakes }) => (
        <div class="problem" hx-disable>
          <code safe>{file}</code>
          <ul>
            {mistakes.map((mistake) => (
              <li>
                <Place of={mistake} />
                <span safe>{mistake.message}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function Place({ of: { line, at } }: { of: Mistake }): JSX.Element {
  if (line === null && !at) return ''
  return (
    <>
      {(line === null ? '' : `Line ${line}${at ? ', ' : ': '}`) as 'safe'}
      {at ? (
        <>
          <code safe>{at}</code>
          {': '}
        </>
      ) : (
        ''
      )}
    </>
  )
}
