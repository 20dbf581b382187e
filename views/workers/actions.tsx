import { isAlive } from '../../src/workers/words.ts'
import type { WorkerListItem } from '../../src/workers/workers.ts'
import { domId } from '../ui/dom-id.ts'
import { Action, type ActionProps } from '../ui/form/button.tsx'
import { Menu } from '../ui/form/menu.tsx'

type Choice = Pick<ActionProps, 'action' | 'label' | 'icon'>

/** The actions for the worker's state, gentlest first. Only launched workers can be restarted. */
export function choicesFor({ id, state, kind, pid, holds }: WorkerListItem): Choice[] {
  const at = `/api/workers/${id}`
  const force: Choice = { action: `${at}/force-stop`, label: 'Force stop', icon: 'failed' }
  const hangs = holds.length > 0 || (kind === 'local' && pid !== null)
  const restart: Choice[] = kind === 'local' ? [{ action: `${at}/restart`, label: 'Restart', icon: 'retrying' }] : []
  if (!isAlive(state)) return [...restart, ...(hangs ? [force] : []), { action: `${at}/delete`, label: 'Delete', icon: 'trash' }]
  const drain: Choice[] = state === 'draining' ? [] : [{ action: `${at}/drain`, label: 'Drain', icon: 'draining' }]
  return [...drain, { action: `${at}/stop`, label: 'Stop', icon: 'stop' }, ...restart, force]
}

/** One form per action; the response replaces `panel`. */
export function Choices({ worker, panel, look }: { worker: WorkerListItem; panel: string; look?: 'plain' }): JSX.Element {
  return (
    <>
      {choicesFor(worker).map((choice) => {
        const leaves = choice.label === 'Delete' && panel !== 'workers'
        return <Action {...choice} {...(!leaves && { panel })} {...(look ? { look } : choice.label === 'Delete' && { look: 'danger' as const })} />
      })}
    </>
  )
}

export function RowActions({ worker }: { worker: WorkerListItem }): JSX.Element {
  return (
    <Menu id={domId('worker', worker.id, 'menu')} label={`Actions for ${worker.name}`}>
      <Choices worker={worker} panel="workers" look="plain" />
    </Menu>
  )
}
