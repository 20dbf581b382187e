import type { Task } from '../../src/tasks/tasks.ts'
import { isBroken, isHeld, isOpen } from '../../src/tasks/words.ts'
import { domId } from '../ui/dom-id.ts'
import { Action, ButtonLink } from '../ui/form/button.tsx'
import { Menu } from '../ui/form/menu.tsx'
import { Until } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'

const canCancel = (task: Task) => isOpen(task.state) && task.cancel_requested_at === null
/** Changes on a page can be undone for a few seconds. */
const GRACE = { grace: '1' }

/** A row's actions behind one button; a scheduled act shows Undo instead. */
export function RowActions({ task, now }: { task: Task; now: number }): JSX.Element {
  const { id, title } = task
  if (task.act) return <Pending task={task} panel="tasks" now={now} />
  const at = `/api/tasks/${id}`
  const look = 'plain' as const
  return (
    <Menu id={domId('task', id, 'menu')} label={`Actions for ${title}`}>
      {canCancel(task) ? <Action action={`${at}/cancel`} fields={GRACE} panel="tasks" label="Cancel" icon="cancelled" look={look} /> : ''}
      {isBroken(task.state) && task.step === null ? <Acknowledge task={task} panel="tasks" look={look} /> : ''}
      {!isOpen(task.state) ? <Action action={`${at}/retry`} panel="tasks" label="Retry" icon="retrying" look={look} shortcut="r" /> : ''}
      {isLater(task, now) ? <StartNow task={task} panel="tasks" look={look} /> : ''}
      {isHeld(task.state) && !canCancel(task) ? <p class="menu-note">Already stopping.</p> : ''}
      <Again task={task} />
      {isHeld(task.state) || task.step !== null ? '' : <Action action={`${at}/delete`} fields={GRACE} panel="tasks" label="Delete" icon="trash" look={look} />}
    </Menu>
  )
}

/** The same on the task's page. Each action has its slot, and none takes another's place. */
export function PageActions({ task, viewer }: { task: Task; viewer: Viewer }): JSX.Element {
  if (!viewer.may('tasks.operate')) return ''
  const at = `/api/tasks/${task.id}`
  const panel = domId('task', task.id)
  const isIdle = !task.act && !isHeld(task.state)
  return (
    <div class="actions">
      {task.act ? <PendingWords task={task} now={viewer.now} /> : ''}
      <div class="slot">
        {task.act ? <Undo task={task} panel={panel} /> : ''}
        {!task.act && canCancel(task) ? <Action action={`${at}/cancel`} fields={GRACE} panel={panel} label="Cancel" icon="cancelled" /> : ''}
        {!task.act && isBroken(task.state) && task.step === null && task.acknowledged_at === null ? <Acknowledge task={task} panel={panel} /> : ''}
      </div>
      <div class="slot">
        {isLater(task, viewer.now) ? <StartNow task={task} panel={panel} /> : isOpen(task.state) ? <Again task={task} /> : ''}
        {task.act || isOpen(task.state) ? '' : <Action action={`${at}/retry`} panel={panel} label="Retry" icon="retrying" shortcut="r" />}
      </div>
      <Menu id={domId('task', task.id, 'more')} label="More actions">
        {isOpen(task.state) && !isLater(task, viewer.now) ? '' : <Again task={task} />}
        {isIdle && task.step === null ? <Action action={`${at}/delete`} fields={GRACE} panel={panel} label="Delete" icon="trash" look="plain" /> : ''}
        {isIdle && task.step === null ? (
          ''
        ) : (
          <p class="menu-note" safe>
            {undeletable(task)}
          </p>
        )}
      </Menu>
    </div>
  )
}

const isLater = ({ state, run_at, act, waits_for, step_count }: Task, now: number) =>
  state === 'queued' && !act && (waits_for === null || step_count !== null) && Date.parse(run_at) > now

const StartNow = ({ task: { id }, panel, look }: { task: Task; panel: string; look?: 'plain' }): JSX.Element => (
  <Action action={`/api/tasks/${id}/start-now`} panel={panel} label="Start now" icon="play" {...(look && { look })} />
)

function undeletable({ act, step }: Task): string {
  if (step !== null) return 'It is deleted with its pipeline.'
  return act ? 'Undo that first.' : 'Cancel it before you delete it.'
}

function Acknowledge({ task: { id, acknowledged_at }, panel, look }: { task: Task; panel: string; look?: 'plain' }): JSX.Element {
  const at = `/api/tasks/${id}`
  const act = acknowledged_at === null ? { action: `${at}/acknowledge`, label: 'Acknowledge' } : { action: `${at}/unacknowledge`, label: 'Undo acknowledge' }
  return <Action {...act} panel={panel} icon={acknowledged_at === null ? 'ack' : 'undo'} {...(look && { look })} />
}

/** Opens the form for a new task with the values of this one. */
export const Again = ({ task: { id, state } }: { task: Task }): JSX.Element => (
  <ButtonLink
    label={isOpen(state) ? 'Duplicate' : 'Edit and run again'}
    icon={isOpen(state) ? 'copy' : 'edit'}
    look="plain"
    href={`/tasks/new?like=${id}`}
    opens="sheet"
  />
)

/** A scheduled act with its countdown and Undo. */
function Pending({ task, panel, now }: { task: Task; panel: string; now: number }): JSX.Element {
  return (
    <div class="pending">
      <PendingWords task={task} now={now} />
      <Undo task={task} panel={panel} />
    </div>
  )
}

function PendingWords({ task: { act, act_at }, now }: { task: Task; now: number }): JSX.Element {
  return (
    <span class="pending-words">
      {act === 'cancel' ? 'Cancelling' : 'Deleting'} {act_at ? <Until at={act_at} now={now} /> : ''}
    </span>
  )
}

function Undo({ task: { id }, panel }: { task: Task; panel: string }): JSX.Element {
  return <Action action={`/api/tasks/${id}/undo`} panel={panel} label="Undo" icon="undo" />
}
