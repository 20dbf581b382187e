import type { Choice, Section } from '../../src/palette/palette.ts'
import { statusOf } from '../tasks/status.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Keys } from './keys.tsx'

export const PLACEHOLDER = 'Page, command, task, worker or queue'
export const TITLES: Record<Section['name'], string> = { go: 'Go to', do: 'Do', tasks: 'Tasks', workers: 'Workers', queues: 'Queues' }
const ICONS: Partial<Record<Choice['icon'], IconName>> = { page: 'go', view: 'filter', worker: 'workers', queue: 'queues' }

export const iconOf = (icon: Choice['icon']): IconName => ICONS[icon] ?? (icon as IconName)

/** Its name, and how many there are. */
export function Title({ section: { name, total, capped, choices } }: { section: Section }): JSX.Element {
  const count = total > choices.length ? `${choices.length} of ${total}${capped ? '+' : ''}` : String(total)
  return (
    <p class="palette-title" role="presentation">
      <span safe>{TITLES[name]}</span> <span class="tab-count">{count as 'safe'}</span>
    </p>
  )
}

/** Shape, words, and the key that does the same. */
export function Words({ choice: { title, more, icon, key, task }, now }: { choice: Choice; now: number }): JSX.Element {
  const status = task && statusOf(task, now)
  return (
    <>
      <span class="palette-icon" data-tone={status?.tone}>
        <Icon name={status?.icon ?? iconOf(icon)} />
      </span>
      <span class="palette-word" dir="auto" safe>
        {title}
      </span>
      {more ? (
        <span class="palette-more" safe>
          {status ? `${status.word}, ${more}` : more}
        </span>
      ) : (
        ''
      )}
      {key ? <Keys of={key} /> : ''}
    </>
  )
}

export function Nothing({ q, role }: { q: string; role?: 'option' }): JSX.Element {
  return (
    <p class="palette-nothing muted" role={role} aria-disabled={role ? 'true' : undefined} safe>
      {`No results for “${q}”.`}
    </p>
  )
}
