import type { Level } from '../../../src/tasks/log/level.ts'
import { MOST_LINES } from '../../../src/tasks/words.ts'
import { html } from '../../ui/html.ts'
import { elapsed, exact } from '../../ui/time.tsx'
import { LogBar, type LogBarProps, TABS } from './bar.tsx'

interface LogLine {
  number: number
  /** Escaped, with ANSI colours as classes. */
  html: string
  stderr: boolean
  level?: Level | null
  /** When it arrived, in ms since 1970. */
  at?: number | null
  partial: boolean
}

/** The end, as it grows; the lines around a number; or those that a search found. */
type LogMode = 'tail' | 'part' | 'found'

export interface TaskLogProps extends LogBarProps {
  /** The lines so far, from `logLines`. */
  html: string
  /** The offset of the next request, and the line number there. */
  next: number
  line: number
  ended: boolean
  /** Bytes at the beginning that are no longer kept. */
  cut: number
  /** Why the output was removed, such as `after 30 days`; null where it was not. */
  removed?: string | null
  mode?: LogMode
  /** The numbers of the first line that is kept and of the last. */
  extent?: { first: number; last: number }
  /** The same of what is shown, if that is one part of the log. */
  shown?: { first: number; last: number } | undefined
  /** A note about the lines, unless they are the end. */
  note?: string | undefined
}

/** Texts for an empty log; the stylesheet shows the right one. */
const EMPTY = [
  ['found', 'No matching lines.'],
  ['ended', 'No output.'],
  ['begun', 'No output yet.'],
] as const

/** The log of one attempt. It is outside every swapped section and loads new lines by itself. */
export function taskLog(log: TaskLogProps): string {
  const { task, attempt, html: lines, next, line, ended, cut, removed = null, mode = 'tail', note, extent = { first: 1, last: line - 1 }, shown, tab } = log
  const { id } = task
  const safeLines = lines
  const said = note ?? (cut > 0 ? 'Only the newest 10 MiB of a log are kept.' : '')
  return html(
    <log-view
      class="log-view"
      id="log"
      data-src={`/ui/tasks/${id}/log?attempt=${attempt}`}
      data-event={`${id}-log`}
      data-mode={mode}
      data-next={String(next)}
      data-line={String(line)}
      data-first={String(extent.first)}
      data-last={String(extent.last)}
      data-tab={TABS.some(([name]) => name === tab) ? tab : 'log'}
      data-ended={ended ? '' : undefined}
    >
      <LogBar {...log} count={extent.last} />
      <div class="log-body">
        <p class="log-cut" data-note hidden={said === ''} role="status" safe>
          {said}
        </p>
        <ol class="log" tabindex={0} aria-label={`Output of attempt ${attempt}`} hx-disable>
          {safeLines}
        </ol>
        {shown ? <Parts href={(from) => `/tasks/${id}?attempt=${attempt}&first=${from}#log`} shown={shown} extent={extent} /> : ''}
        {EMPTY.map(([when, words]) => (
          <p class="log-empty" data-when={when}>
            {when === 'ended' && removed !== null ? (`Output was removed ${removed}.` as 'safe') : words}
          </p>
        ))}
        <a class="button log-new" data-look="primary" data-new href={`/tasks/${id}?attempt=${attempt}#log`} hidden={mode === 'tail'}>
          ↓ Newest lines
        </a>
      </div>
    </log-view>,
  )
}

/** Lines as list items, each with a number that links to it; with `context`, to the part of the log around it. */
export function logLines(lines: readonly LogLine[], context = '', since: string | null = null): string {
  return lines.map((line) => <Line line={line} context={context} since={since} />).join('')
}

interface LineProps {
  line: LogLine
  context: string
  /** When the attempt began: times are relative to it. */
  since: string | null
}

function Line({ line: { number, html: text, stderr, level, partial, at }, context, since }: LineProps): JSX.Element {
  const safeText = text
  const classes = ['log-line', stderr ? 'stderr' : '', level ? `level-${level}` : ''].filter(Boolean).join(' ')
  const href = context ? `${context}&at=${number}#L${number}` : `#L${number}`
  return (
    <li id={`L${number}`} class={classes} data-partial={partial}>
      {/* biome-ignore lint/a11y/useAnchorContent: its label is its content; a number in the text would be copied and found with it */}
      <a class="log-number" href={href} data-number={String(number)} tabindex={-1} aria-label={`Line ${number}`}></a>
      {at ? <Arrived at={at} since={since ? Date.parse(since) : at} /> : ''}
      <span class="log-text">{safeText}</span>
    </li>
  )
}

/** A time that the stylesheet shows in the chosen way; as generated text, it is not copied with the output. */
function Arrived({ at, since }: { at: number; since: number }): JSX.Element {
  return <i class="log-at" aria-hidden="true" data-took={elapsed(at - since)} data-at={exact(at).split(', ')[1]}></i>
}

interface PartsProps {
  href(from: number): string
  shown: { first: number; last: number }
  extent: { first: number; last: number }
}

/** Links to the lines before and after, for a page without script. */
function Parts({ href, shown, extent }: PartsProps): JSX.Element {
  const older = shown.first > extent.first
  const newer = shown.last < extent.last
  if (!older && !newer) return ''
  return (
    <nav class="log-parts" aria-label="More lines">
      {older ? <a href={href(Math.max(extent.first, shown.first - MOST_LINES))}>Older lines</a> : ''}
      {newer ? <a href={href(shown.last + 1)}>Newer lines</a> : ''}
    </nav>
  )
}
