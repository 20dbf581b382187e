import { Icon, type IconName } from './icon.tsx'

export type Tone = 'queued' | 'running' | 'waiting' | 'retrying' | 'succeeded' | 'failed' | 'cancelled' | 'unknown' | 'quiet'

/** A state as shape, word and colour, in order of importance. */
export interface Status {
  tone: Tone
  icon: IconName
  word: string
}

export function Badge({ tone, icon, word }: Status): JSX.Element {
  return (
    <span class="badge" data-tone={tone}>
      <Icon name={icon} />
      <span class="badge-word" safe>
        {word}
      </span>
    </span>
  )
}
