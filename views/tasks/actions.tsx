import type { Viewer } from '../../src/http/panel.ts'
import type { Task } from '../../src/tasks/tasks.ts'
import { Action, ButtonLink } from '../ui/button.tsx'
import { domId } from '../ui/dom-id.ts'
import { Menu } from '../ui/menu.tsx'
import { isHeld, isOver } from './status.ts'

const canCancel = (task: Task) => !isOver(task) && task.cancel_requested_at === null

/** What can be done with a row's task, behind one button. */
export function RowActions({ task }: { task: Task }): JSX.Element {
  const { id, title } = task
  const at = `/api/tasks/${id}`
  const look = 'plain' as const
  return (
    <Menu id={domId('task', id, 'menu')} label={`Actions for ${title}`}>
      {canCancel(task) ? <Action action={`${at}/cancel`} panel="tasks" label="Cancel" icon="cancelled" look={look} /> : ''}
      {isOver(task) ? <Action action={`${at}/retry`} panel="tasks" label="Retry" icon="retrying" look={look} /> : ''}
      {isHeld(task) ? '' : <Action action={`${at}/delete`} panel="tasks" label="Delete" icon="trash" look={look} />}
      {isHeld(task) && !canCancel(task) ? <p class="menu-note">It is being stopped.</p> : ''}
    </Menu>
  )
}

/** The same on the task's own page, the one that destroys last and apart. */
export function PageActions({ task, viewer }: { task: Task; viewer: Viewer }): JSX.Element {
  if (!viewer.may('tasks.operate')) return ''
  const at = `/api/tasks/${task.id}`
  const panel = domId('task', task.id)
  return (
    <div class="actions">
      {canCancel(task) ? <Action action={`${at}/cancel`} panel={panel} label="Cancel" icon="cancelled" /> : ''}
      {isOver(task) ? <Action action={`${at}/retry`} panel={panel} label="Retry" icon="retrying" /> : ''}
      {isHeld(task) ? '' : <ButtonLink href={`/tasks/confirm?verb=delete&id=${task.id}`} label="Delete…" icon="trash" look="danger" />}
    </div>
  )
}
