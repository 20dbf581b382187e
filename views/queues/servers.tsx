import type { Queue } from '../../src/queues/queues.ts'
import { number } from '../ui/number.ts'

/** The number of workers of a queue and how many are busy; a single one by name. */
export function Servers({ workers }: Pick<Queue, 'workers'>): JSX.Element {
  const busy = workers.filter((worker) => worker.busy).length
  const [only, second] = workers
  if (!only) return <span class="none">none</span>
  return (
    <span class="servers">
      <a href={second ? '/workers?state=alive' : `/workers/${only.id}`} safe>
        {second ? `${number(workers.length)} workers` : only.name}
      </a>
      {busy > 0 ? <span class="muted">{(second ? `${number(busy)} busy` : 'busy') as 'safe'}</span> : ''}
    </span>
  )
}
