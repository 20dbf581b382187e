import { Badge, type Status } from '../../ui/badge.tsx'

const STATES: readonly Status[] = [
  { tone: 'queued', icon: 'queued', word: 'Queued' },
  { tone: 'queued', icon: 'scheduled', word: 'Scheduled' },
  { tone: 'running', icon: 'claimed', word: 'Claimed' },
  { tone: 'running', icon: 'half', word: 'Running' },
  { tone: 'waiting', icon: 'waiting', word: 'Needs input' },
  { tone: 'retrying', icon: 'retrying', word: 'Retrying' },
  { tone: 'succeeded', icon: 'done', word: 'Succeeded' },
  { tone: 'failed', icon: 'failed', word: 'Failed' },
  { tone: 'cancelled', icon: 'cancelled', word: 'Cancelled' },
  { tone: 'cancelled', icon: 'draining', word: 'Draining' },
  { tone: 'unknown', icon: 'unknown', word: 'Lost' },
  { tone: 'quiet', icon: 'done', word: 'All is well' },
]

const COLOURS = [
  ['background', 'Background'],
  ['sunk', 'Sunk'],
  ['card', 'Card'],
  ['hover', 'Under the pointer'],
  ['selected', 'Selected'],
  ['changed', 'Changed'],
  ['border', 'Hairline'],
  ['field-border', 'Edge of a field'],
  ['foreground', 'Text'],
  ['soft', 'Soft text'],
  ['muted', 'Muted text'],
  ['ring', 'Focus ring'],
  ['alert', 'Alert'],
] as const

const SIZES = [
  ['display', '28', 'A number to see from afar'],
  ['heading', '20', 'What the page is about'],
  ['base', '16', 'A line that stands alone'],
  ['large', '14', 'The name of a part'],
  ['text', '13', 'Everything else: 1,284 tasks'],
  ['small', '12', 'What one may skip'],
] as const

export function Badges(): JSX.Element {
  return (
    <ul class="specimen-badges">
      {STATES.map((status) => (
        <li>
          <Badge {...status} />
        </li>
      ))}
    </ul>
  )
}

export function Colours(): JSX.Element {
  return (
    <ul class="swatches">
      {COLOURS.map(([name, title]) => (
        <li>
          <span class="swatch" data-swatch={name}></span>
          <span>{title}</span>
          <code>{`--${name}` as 'safe'}</code>
        </li>
      ))}
    </ul>
  )
}

export function Types(): JSX.Element {
  return (
    <ul class="specimen-types">
      {SIZES.map(([name, size, text]) => (
        <li>
          <span class="muted number">{size}</span>
          <span data-size={name}>{text}</span>
        </li>
      ))}
      <li>
        <span class="muted number">13</span>
        <code>t_1284 make all</code>
      </li>
    </ul>
  )
}

export function Spaces(): JSX.Element {
  return (
    <ul class="specimen-spaces">
      {[1, 2, 3, 4, 5, 6, 8].map((step) => (
        <li>
          <span class="space" data-step={String(step)}></span>
          <span class="muted number">{step * 4}</span>
        </li>
      ))}
      <li>
        <span class="specimen-focus">Focus</span>
      </li>
    </ul>
  )
}
