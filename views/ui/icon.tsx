export type IconName =
  | 'cancelled'
  | 'claimed'
  | 'close'
  | 'copy'
  | 'done'
  | 'download'
  | 'draining'
  | 'edit'
  | 'events'
  | 'failed'
  | 'filter'
  | 'half'
  | 'hub'
  | 'lamp'
  | 'more'
  | 'plus'
  | 'queued'
  | 'retrying'
  | 'scheduled'
  | 'search'
  | 'sign-out'
  | 'stop'
  | 'tasks'
  | 'theme'
  | 'trash'
  | 'unknown'
  | 'user'
  | 'waiting'
  | 'workers'

/** A shape of the sprite. It says nothing by itself: a word stands beside it, or its control is labelled. */
export function Icon({ name, class: className }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={className ? `icon ${className}` : 'icon'} width="16" height="16" aria-hidden="true">
      <use href={`/icons.svg#${name}`}></use>
    </svg>
  )
}
