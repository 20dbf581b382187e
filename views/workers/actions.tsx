import { isAlive } from '../../src/workers/words.ts'
import type { WorkerListItem } from '../../src/workers/workers.ts'
import { Action, type ActionProps } from '../ui/button.tsx'
import { domId } from '../ui/dom-id.ts'
import { Menu } from '../ui/menu.tsx'

type Choice = Pick<ActionProps, 'action' | 'label' | 'icon'>

/** What fits the worker as it is, the gentlest first. Only what this server started can be started again by it. */
export function choicesFor({ id, state, kind, pid, holds }: WorkerListItem): Choice[] {
  const at = `/api/workers/${id}`
  const force: Choice = { action: `${at}/force-stop`, label: 'Force stop', icon: 'failed' }
  const hangs = holds.length > 0 || (kind === 'local' && pid !== null)
  const restart: Choice[] = kind === 'local' ? [{ action: `${at}/restart`, label: 'Restart', icon: 'retrying' }] : []
  if (!isAlive(state)) return [...restart, ...(hangs ? [force] : []), { action: `${at}/delete`, label: 'Delete', icon: 'trash' }]
  const drain: Choice[] = state === 'draining' ? [] : [{ action: `${at}/drain`, label: 'Drain', icon: 'draining' }]
  return [...drain, { action: `${at}/stop`, label: 'Stop', icon: 'stop' }, ...restart, force]
}

/** One form for each choice; `panel` is what the answer replaces. */
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

/** The same in a row, behind one button. */
export function RowActions({ worker }: { worker: WorkerListItem }): JSX.Element {
  return (
    <Menu id={domId('worker', worker.id, 'menu')} label={`Actions for ${worker.name}`}>
      <Choices worker={worker} panel="workers" look="plain" />
    </Menu>
  )
}
