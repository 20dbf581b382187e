import type { PropsWithChildren } from '@kitajs/html'
import type { Queue } from '../../src/queues/queues.ts'
import { domId } from '../ui/dom-id.ts'
import { Button } from '../ui/form/button.tsx'
import { Input, Select } from '../ui/form/field.tsx'
import { attr } from '../ui/html.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'

const UNTIL = [
  { value: '', label: 'By hand' },
  { value: '30m', label: 'In 30 min' },
  { value: 'tomorrow', label: 'Tomorrow, 08:00' },
]

interface SteerProps {
  queue: Queue
  viewer: Viewer
}

/** Pause or Resume, and the limits. */
export function Steer({ queue: it, viewer }: SteerProps): JSX.Element {
  const { queue, pause, concurrency, rate, limited_by } = it
  const at = `/api/queues/${encodeURIComponent(queue)}`
  const of = domId('queue', encodeURIComponent(queue), 'steer')
  const values = { concurrency: concurrency?.toString() ?? '', rate: rate ?? '' }
  const isFixed = limited_by === 'telltale.config.json'
  return (
    <div class="steer">
      {pause ? (
        <SteerForm action={`${at}/resume`}>
          <Button label="Resume" icon="play" />
        </SteerForm>
      ) : (
        <Sheet of={`${of}-pause`} icon="pause" label={`Pause ${queue}`}>
          <SteerForm action={`${at}/pause`}>
            <p class="muted">Running tasks finish. New ones wait.</p>
            <Input form={{}} of={of} name="reason" label="Reason" required />
            <Select form={{}} of={of} name="until" label="Resume" options={UNTIL} />
            <input type="hidden" name="zone" value={viewer.zone} />
            <Button label="Pause" icon="pause" look="primary" />
          </SteerForm>
        </Sheet>
      )}
      <Sheet of={`${of}-limits`} icon="gauge" label={`Limits of ${queue}`}>
        {isFixed ? (
          <p class="muted">telltale.config.json sets them. Change them there, then restart the server.</p>
        ) : (
          <SteerForm action={`${at}/limits`}>
            <Input form={{ values }} of={of} name="concurrency" label="Running at once" type="number" min={1} max={10_000} placeholder="No limit" />
            <Input form={{ values }} of={of} name="rate" label="Rate" placeholder="No limit" help="Such as 60/min; s, min, h or d." />
            <Button label="Set limits" look="primary" />
          </SteerForm>
        )}
      </Sheet>
    </div>
  )
}

function Sheet({ of, icon, label, children }: PropsWithChildren<{ of: string; icon: IconName; label: string }>): JSX.Element {
  return (
    <details class="menu" name="menu" id={of}>
      <summary class="button" data-look="plain" aria-label={attr(label)} title={attr(label)}>
        <Icon name={icon} />
      </summary>
      <div class="menu-list steer-sheet">
        <h2 dir="auto" safe>
          {label}
        </h2>
        {children}
      </div>
    </details>
  )
}

/** The response replaces the panel that it stands in. */
function SteerForm({ action, children }: PropsWithChildren<{ action: string }>): JSX.Element {
  return (
    <form class="form" method="post" action={action} hx-post={action} hx-target="closest .panel" hx-swap="morph:innerHTML settle:0ms">
      {children}
    </form>
  )
}
