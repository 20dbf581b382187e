export type IconName =
  | 'cancelled'
  | 'claimed'
  | 'close'
  | 'command'
  | 'copy'
  | 'done'
  | 'down'
  | 'download'
  | 'draining'
  | 'edit'
  | 'events'
  | 'failed'
  | 'filter'
  | 'go'
  | 'half'
  | 'home'
  | 'hub'
  | 'keyboard'
  | 'lamp'
  | 'more'
  | 'pause'
  | 'plus'
  | 'queued'
  | 'queues'
  | 'retrying'
  | 'scheduled'
  | 'search'
  | 'settings'
  | 'sign-out'
  | 'spinner'
  | 'stop'
  | 'tasks'
  | 'theme'
  | 'trash'
  | 'undo'
  | 'up'
  | 'unknown'
  | 'user'
  | 'waiting'
  | 'workers'

/** An icon of the sprite, hidden from screen readers: its control has a label. */
export function Icon({ name, class: className }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={className ? `icon ${className}` : 'icon'} width="16" height="16" aria-hidden="true">
      <use href={`/icons.svg#${name}`}></use>
    </svg>
  )
}
