import { RANGES, type Range } from '../../../src/queues/words.ts'
import { attr } from '../html.ts'

/** How far back the charts look, as links. */
export function Ranges({ at, href }: { at: Range; href: string }): JSX.Element {
  return (
    <nav class="ranges" aria-label="Time range">
      {Object.entries(RANGES).map(([range, { words }]) => (
        <a href={attr(`${href}?range=${range}`)} aria-current={range === at ? 'page' : undefined} title={words}>
          {range as 'safe'}
        </a>
      ))}
    </nav>
  )
}
