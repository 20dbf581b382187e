import type { BrokenType, Mistake, TaskType, TaskTypeParam } from '../../../src/tasks/types/types.ts'
import { Checkbox, type FormState, Input, Select } from '../../ui/form/field.tsx'
import { attr } from '../../ui/html.ts'

export const titleOf = ({ title, name }: TaskType) => title ?? name

/** Links to the form of each type, and of a shell command. */
export function TypeLinks({ types, isShell }: { types: readonly TaskType[]; isShell: boolean }): JSX.Element {
  const to = (path: string) => ({ class: 'menu-link', href: path, 'hx-get': `/ui${path}`, 'hx-target': '#task-form', 'hx-swap': 'outerHTML settle:0ms' })
  return (
    <>
      {isShell ? <a {...to('/tasks/new')}>Shell command</a> : ''}
      {types.map((type) => (
        <a {...to(`/tasks/new?type=${encodeURIComponent(type.name)}`)}>
          <span hx-disable safe>
            {titleOf(type)}
          </span>
          <code hx-disable safe>
            {type.name}
          </code>
        </a>
      ))}
    </>
  )
}

/** What a type asks for. */
export function Params({ type, form, of }: { type: TaskType; form: FormState; of: string }): JSX.Element {
  return (
    <>
      {type.description ? (
        <p class="muted" safe>
          {type.description}
        </p>
      ) : (
        ''
      )}
      <input type="hidden" name="type" value={attr(type.name)} />
      <div class="form-fields">
        {Object.entries(type.params).map(([name, param], i) => (
          <Param name={name} param={param} form={form} of={of} focus={i === 0} />
        ))}
      </div>
    </>
  )
}

function Param({ name, param, form, of, focus }: { name: string; param: TaskTypeParam; form: FormState; of: string; focus: boolean }): JSX.Element {
  const given = { ...(form.fields === undefined && { [`params.${name}`]: String(param.default ?? '') }), ...form.values }
  const field = { form: { ...form, values: given }, of, name: `params.${name}`, label: param.label ?? name, focus, ...(param.help && { help: param.help }) }
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
