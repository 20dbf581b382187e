import { attr } from '../html.ts'

export const RANGES = { '1h': 'last hour', '6h': 'last 6 hours', '24h': 'last 24 hours', '7d': 'last 7 days' } as const
export type RangeName = keyof typeof RANGES

/** How far back the charts look, as links. */
export function Ranges({ at, href }: { at: RangeName; href: string }): JSX.Element {
  return (
    <nav class="ranges" aria-label="Time range">
      {Object.entries(RANGES).map(([range, words]) => (
        <a href={attr(`${href}?range=${range}`)} aria-current={range === at ? 'page' : undefined} title={words}>
          {range as 'safe'}
        </a>
      ))}
    </nav>
  )
}
