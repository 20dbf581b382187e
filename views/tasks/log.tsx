import type { Attempt } from '../../src/tasks/tasks.ts'
import { ButtonLink } from '../ui/button.tsx'
import { html } from '../ui/html.ts'

export interface LogLine {
  number: number
  /** Escaped, with ANSI colours as classes. */
  html: string
  stderr: boolean
  /** It has no newline yet. */
  partial: boolean
}

export interface TaskLogProps {
  task: { id: string }
  attempt: number
  attempts: readonly Attempt[]
  /** The lines so far, from `logLines`. */
  html: string
  /** The offset to ask from next, and the number of the line there. */
  next: number
  line: number
  ended: boolean
  /** Lines that stand before the first one shown. */
  skipped: number
  /** Bytes at the beginning that are no longer kept. */
  cut: number
}

/** The log of one attempt. It stands outside every swapped section and fetches what is new by itself. */
export function taskLog({ task, attempt, attempts, html: lines, next, line, ended, skipped, cut }: TaskLogProps): string {
  const { id } = task
  const safeLines = lines
  return html(
    <log-view
      class="log-view"
      id="log"
      data-src={`/ui/tasks/${id}/log?attempt=${attempt}`}
      data-event={`${id}-log`}
      data-next={String(next)}
      data-line={String(line)}
      data-ended={ended ? '' : undefined}
    >
      <div class="log-bar">
        <h2>Log</h2>
        <Attempts id={id} attempt={attempt} attempts={attempts} />
        <label class="log-find">
          <span class="visually-hidden">Find in the log</span>
          <input type="search" data-find placeholder="Find" autocomplete="off" />
        </label>
        <label>
          <span class="visually-hidden">Show</span>
          <select data-level autocomplete="off">
            <option value="">All output</option>
            <option value="stderr">Errors only</option>
          </select>
        </label>
        <label class="toggle">
          <input type="checkbox" data-wrap autocomplete="off" />
          Wrap
        </label>
        <label class="toggle">
          <input type="checkbox" data-follow checked autocomplete="off" />
          Follow
        </label>
        <ButtonLink label="Download" icon="download" href={`/api/tasks/${id}/log?attempt=${attempt}&download=1`} />
      </div>
      {skipped > 0 || cut > 0 ? (
        <p class="log-cut" safe>
          {leftOut(skipped, cut)}
        </p>
      ) : (
        ''
      )}
      <ol class="log" tabindex={0} aria-label={`Output of attempt ${attempt}`} hx-disable>
        {safeLines}
      </ol>
      <p class="log-empty">{ended ? 'It printed nothing.' : 'Nothing printed yet.'}</p>
      <NewLines />
    </log-view>,
  )
}

/** Lines as list items, each with a number that links to it. */
export function logLines(lines: readonly LogLine[]): string {
  return lines.map(Line).join('')
}

function Line({ number, html: text, stderr, partial }: LogLine): JSX.Element {
  const safeText = text
  return (
    <li id={`L${number}`} class={stderr ? 'log-line stderr' : 'log-line'} data-partial={partial}>
      {/* biome-ignore lint/a11y/useAnchorContent: its label is its content; a number in the text would be copied and found with it */}
      <a class="log-number" href={`#L${number}`} data-number={String(number)} tabindex={-1} aria-label={`Line ${number}`}></a>
      <span class="log-text">{safeText}</span>
    </li>
  )
}

function Attempts({ id, attempt, attempts }: { id: string; attempt: number; attempts: readonly Attempt[] }): JSX.Element {
  if (attempts.length < 2) return ''
  return (
    <nav class="log-attempts" aria-label="Attempts">
      {[...attempts].reverse().map((each) => (
        <a href={`/tasks/${id}?attempt=${each.attempt}#log`} aria-current={each.attempt === attempt ? 'page' : undefined}>
          {each.attempt}
        </a>
      ))}
    </nav>
  )
}

function NewLines(): JSX.Element {
  return (
    <button type="button" class="button log-new" data-look="primary" data-new hidden>
      New lines
    </button>
  )
}

function leftOut(skipped: number, cut: number): string {
  const lines = skipped > 0 ? `${skipped.toLocaleString('en-US')} earlier lines are not shown` : 'Earlier lines are not shown'
  return cut > 0 ? `${lines}; of this log the newest 10 MiB are kept.` : `${lines}; the download has them all.`
}
