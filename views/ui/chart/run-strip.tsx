import { attr } from '../html.ts'

export interface Tick {
  href: string
  /** Full, half as high, notched or hollow; dashed for a run in progress. */
  result: 'ok' | 'retried' | 'failed' | 'cancelled' | 'open'
  words: string
  /** The task of this page. */
  isCurrent: boolean
}

/** The last runs side by side, oldest first, each a link; the arrow keys move along it. */
export function RunStrip({ ticks }: { ticks: readonly Tick[] }): JSX.Element {
  return (
    <run-strip class="run-strip" role="group" aria-label="Last runs, oldest first">
      {ticks.map(({ href, result, words, isCurrent }) => (
        <a class="tick" href={href} data-result={result} aria-current={isCurrent ? 'page' : undefined} title={attr(words)} data-keep-attrs="tabindex">
          <span class="visually-hidden" safe>
            {words}
          </span>
        </a>
      ))}
    </run-strip>
  )
}
