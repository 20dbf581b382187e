import type { TaskType, TaskTypes } from '../../../src/tasks/types/types.ts'
import { Button } from '../../ui/form/button.tsx'
import { FormProblem, type FormState, TextArea } from '../../ui/form/field.tsx'
import { attr, html } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Viewer } from '../../viewer.ts'
import { Lead, More } from './fields.tsx'
import { BrokenTypes, Params, TypeLinks, titleOf } from './types.tsx'

interface TaskFormProps extends FormState, TaskTypes {
  queues: readonly string[]
  /** The names of the secrets that a variable may have. */
  secrets: readonly string[]
  /** The task that was just created. */
  created?: { id: string; title: string } | undefined
  viewer: Viewer
}

const SEND = { method: 'post', action: '/api/tasks', 'hx-post': '/api/tasks', 'hx-target': '#task-form', 'hx-swap': 'outerHTML settle:0ms' } as const

/** A new task from a shell command or, by `values.type`, a task type. */
export function taskForm({ queues, secrets, types, broken, created, viewer, ...form }: TaskFormProps): string {
  const type = types.find(({ name }) => name === form.values?.type)
  const title: string = type ? titleOf(type) : 'New task'
  const isCommand = !type && viewer.may('tasks.shell')
  const of = type ? `task-type-${type.name}` : 'new-task'
  const zone = form.values?.zone ?? viewer.zone
  return html(
    <div id="task-form" class="new-task">
      <form {...SEND} class="sheet-form">
        <div class="sheet-head">
          <h2 safe>{title}</h2>
          {types.length > 0 && (type || isCommand) ? <ChooseType types={types} isShell={viewer.may('tasks.shell')} /> : ''}
          <button type="button" class="button" data-look="plain" data-closes aria-label="Close" title="Close (Esc)">
            <Icon name="close" />
          </button>
        </div>
        <div class="sheet-body form">
          {created ? <Created task={created} /> : ''}
          <FormProblem form={form} />
          {type ? <Params type={type} form={form} of={of} /> : ''}
          {isCommand ? <Command form={form} of={of} /> : ''}
          {type || isCommand ? (
            <>
              <Lead form={form} of={of} queues={queues} type={type} />
              <More form={form} of={of} secrets={secrets} zone={zone} isOpen={viewer.preferences.more === 'open'} type={type} />
            </>
          ) : (
            <Choice types={types} />
          )}
          <BrokenTypes broken={broken} />
        </div>
        {type || isCommand ? <Foot /> : ''}
      </form>
    </div>,
  )
}

/** The form as a page of its own. */
export const newTaskPage = (safeForm: string): string =>
  html(
    <>
      <h1 class="visually-hidden">New task</h1>
      {safeForm}
    </>,
  )

function Command({ form, of }: { form: FormState; of: string }): JSX.Element {
  const field = { form, of, name: 'command', label: 'Command' }
  return <TextArea {...field} rows={3} required mono focus placeholder="echo hello" help="Runs with /bin/sh on a worker of the queue." />
}

function Foot(): JSX.Element {
  return (
    <div class="sheet-foot">
      <Button label="Create task" look="primary" />
      <span class="keys" aria-hidden="true">
        <kbd>Ctrl</kbd>
        <kbd>Enter</kbd>
      </span>
      <label class="check-line sheet-another">
        <input type="checkbox" data-another autocomplete="off" />
        <span>Create another</span>
      </label>
    </div>
  )
}

function ChooseType({ types, isShell }: { types: readonly TaskType[]; isShell: boolean }): JSX.Element {
  return (
    <details class="menu sheet-types">
      <summary class="button" data-look="plain">
        <span>Choose a type</span>
        <Icon name="down" />
      </summary>
      <div class="menu-list">
        <TypeLinks types={types} isShell={isShell} />
      </div>
    </details>
  )
}

/** Without shell commands, a type must be chosen first. */
function Choice({ types }: { types: readonly TaskType[] }): JSX.Element {
  if (types.length === 0) return <p class="muted">No task types yet. Add a file to the task-types folder in the server’s data folder.</p>
  return (
    <nav class="type-choice" aria-label="Task types">
      <TypeLinks types={types} isShell={false} />
    </nav>
  )
}

function Created({ task: { id, title } }: { task: { id: string; title: string } }): JSX.Element {
  return (
    <p class="notice" role="status" data-created={id}>
      <Icon name="done" />
      <span>
        Created{' '}
        <a href={`/tasks/${id}`} dir="auto" title={attr(title)} hx-disable safe>
          {title}
        </a>{' '}
        <span class="muted">{id as 'safe'}</span>
      </span>
    </p>
  )
}
