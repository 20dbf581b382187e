import { Icon, type IconName } from '../ui/icon.tsx'
import { Keys } from './keys.tsx'

/** One line of the palette: a link (`href`), a change (`post`) that answers with the live part `panel`, or a key that the page's script presses. */
export interface Choice {
  title: string
  more?: string
  icon: IconName
  tone?: string
  href?: string
  /** What the page's script opens instead of following the link. */
  opens?: string
  post?: string
  panel?: string
  /** The change can be undone for a while. */
  hasGrace?: boolean
  press?: string
  key?: string
}

/** `total` is at most what was counted; `capped` if there are more. */
export interface ChoiceSection {
  title: string
  choices: readonly Choice[]
  total: number
  capped: boolean
}

export interface Found {
  q: string
  sections: readonly ChoiceSection[]
}

/** Its name, and how many there are. */
export function Title({ section: { title, total, capped, choices } }: { section: ChoiceSection }): JSX.Element {
  const count = total > choices.length ? `${choices.length} of ${total}${capped ? '+' : ''}` : String(total)
  return (
    <p class="palette-title" role="presentation">
      <span safe>{title}</span> <span class="tab-count">{count as 'safe'}</span>
    </p>
  )
}

/** Shape, words, and the key that does the same. */
export function Words({ choice: { title, more, icon, tone, key } }: { choice: Choice }): JSX.Element {
  return (
    <>
      <span class="palette-icon" data-tone={tone}>
        <Icon name={icon} />
      </span>
      <span class="palette-word" dir="auto" safe>
        {title}
      </span>
      {more ? (
        <span class="palette-more" safe>
          {more}
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
