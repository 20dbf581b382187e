import type { Level } from '../../../src/tasks/log/level.ts'
import { html } from '../../ui/html.ts'
import { LogBar, type LogBarProps } from './bar.tsx'

interface LogLine {
  number: number
  /** Escaped, with ANSI colours as classes. */
  html: string
  stderr: boolean
  level?: Level | null
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
  /** Lines before the first one shown. */
  skipped: number
  /** Bytes at the beginning that are no longer kept. */
  cut: number
  /** Why the output was removed, such as `after 30 days`; null where it was not. */
  removed?: string | null
  mode?: LogMode
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
  const { task, attempt, html: lines, next, line, ended, skipped, cut, removed = null, mode = 'tail', note } = log
  const { id } = task
  const safeLines = lines
  const said = note ?? (skipped > 0 || cut > 0 ? leftOut(skipped, cut) : '')
  return html(
    <log-view
      class="log-view"
      id="log"
      data-src={`/ui/tasks/${id}/log?attempt=${attempt}`}
      data-event={`${id}-log`}
      data-mode={mode}
      data-next={String(next)}
      data-line={String(line)}
      data-ended={ended ? '' : undefined}
    >
      <LogBar {...log} />
      <p class="log-cut" data-note hidden={said === ''} role="status" safe>
        {said}
      </p>
      <p class="log-cut log-order">Lines of stdout and stderr may be out of order. To keep their order, add 2&gt;&amp;1 to the command.</p>
      <ol class="log" tabindex={0} aria-label={`Output of attempt ${attempt}`} hx-disable>
        {safeLines}
      </ol>
      {EMPTY.map(([when, words]) => (
        <p class="log-empty" data-when={when}>
          {when === 'ended' && removed !== null ? (`Output was removed ${removed}.` as 'safe') : words}
        </p>
      ))}
      <a class="button log-new" data-look="primary" data-new href={`/tasks/${id}?attempt=${attempt}#log`} hidden={mode === 'tail'}>
        ↓ Newest lines
      </a>
    </log-view>,
  )
}

/** Lines as list items, each with a number that links to it; with `context`, to the part of the log around it. */
export function logLines(lines: readonly LogLine[], context = ''): string {
  return lines.map((line) => <Line line={line} context={context} />).join('')
}

function Line({ line: { number, html: text, stderr, level, partial }, context }: { line: LogLine; context: string }): JSX.Element {
  const safeText = text
  const classes = ['log-line', stderr ? 'stderr' : '', level ? `level-${level}` : ''].filter(Boolean).join(' ')
  const href = context ? `${context}&at=${number}#L${number}` : `#L${number}`
  return (
    <li id={`L${number}`} class={classes} data-partial={partial}>
      {/* biome-ignore lint/a11y/useAnchorContent: its label is its content; a number in the text would be copied and found with it */}
      <a class="log-number" href={href} data-number={String(number)} tabindex={-1} aria-label={`Line ${number}`}></a>
      <span class="log-text">{safeText}</span>
    </li>
  )
}

function leftOut(skipped: number, cut: number): string {
  const lines =
    skipped === 1
      ? '1 earlier line is not shown'
      : skipped > 0
        ? `${skipped.toLocaleString('en-US')} earlier lines are not shown`
        : 'Earlier lines are not shown'
  return cut > 0 ? `${lines}; only the newest 10 MiB of a log are kept.` : `${lines}; download the log to see everything.`
}
