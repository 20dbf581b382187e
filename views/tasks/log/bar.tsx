import { Button, ButtonLink } from '../../ui/form/button.tsx'
import { Menu } from '../../ui/form/menu.tsx'
import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'

/** What the rail shows beside the log, or instead of it where there is no room for both. */
export const TABS = [
  ['log', 'Log'],
  ['timeline', 'Timeline'],
  ['facts', 'Facts'],
  ['cause', 'Cause'],
  ['description', 'Description'],
] as const

export interface LogBarProps {
  task: { id: string; step?: string | null }
  attempt: number
  /** How many lines there are. */
  count?: number
  tab?: string | undefined
  find?: string
  level?: string
}

const LEVELS = [
  ['', 'All lines'],
  ['error', 'Errors'],
  ['warn', 'Warnings and errors'],
  ['info', 'Info and above'],
  ['stderr', 'Only stderr'],
] as const

/** Searches the whole log on the server; works without script. */
export function LogBar({ task, attempt, count = 0, tab = 'log', find = '', level = '' }: LogBarProps): JSX.Element {
  const raw = `/api/tasks/${task.id}/log?attempt=${attempt}`
  return (
    <form class="log-bar" method="get" action={`/tasks/${task.id}#log`}>
      <h2>
        <span data-log-name safe>
          {task.step ?? 'Log'}
        </span>{' '}
        <span class="log-count" data-count safe>{`${count.toLocaleString('en-US')} ${count === 1 ? 'line' : 'lines'}`}</span>
      </h2>
      <nav class="run-tabs" aria-label="Parts">
        {TABS.map(([name, words]) => (
          <a href={`/tasks/${task.id}?attempt=${attempt}&tab=${name}`} data-tab={name} aria-current={name === tab ? 'page' : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <div class="log-tools">
        <input type="hidden" name="attempt" value={String(attempt)} />
        <button type="button" class="button log-errors" data-errors="next" data-key="e" title="Next error (e), previous error (E)" hidden>
          <Icon name="failed" />
          <span data-errors-count>No errors</span>
        </button>
        <label class="log-find">
          <span class="visually-hidden">Find in the log</span>
          <input type="search" name="find" value={attr(find)} data-find placeholder="Find in the log" maxlength={200} autocomplete="off" spellcheck="false" />
        </label>
        <span class="log-submit">
          <Button label="Find" />
        </span>
        <span class="log-matches" data-matches hidden>
          <Match way="previous" words="Previous match" shortcut="N" sign="↑" />
          <Match way="next" words="Next match" shortcut="n" sign="↓" />
        </span>
        <label class="log-level">
          <span class="visually-hidden">Level</span>
          <select name="level" data-level autocomplete="off">
            {LEVELS.map(([value, words]) => (
              <option value={value} selected={value === level}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label class="button toggle" title="Keep the newest line in view (f)">
          <input type="checkbox" data-follow data-key="f" checked autocomplete="off" />
          <Icon name="draining" />
          Follow
        </label>
        <Menu id="log-more" label="Log options">
          <label class="button toggle" data-look="plain" title="Wrap long lines (w)">
            <input type="checkbox" data-wrap autocomplete="off" />
            Wrap lines
          </label>
          <label class="log-times">
            Times
            <select data-times autocomplete="off">
              <option value="">Off</option>
              <option value="relative">Since the start</option>
              <option value="absolute">Time of day</option>
            </select>
          </label>
          <button type="button" class="button" data-look="plain" data-copy-log>
            Copy all
          </button>
          <ButtonLink label="Raw" look="plain" href={raw} />
          <ButtonLink label="Download" look="plain" icon="download" href={`${raw}&download=1`} />
          <p class="menu-note log-order">Lines of stdout and stderr may be out of order. To keep their order, add 2&gt;&amp;1 to the command.</p>
        </Menu>
        {/* Pressed by their keys only: the menu is closed then, and a line has its number. */}
        <button type="button" class="visually-hidden" tabindex={-1} data-link-line data-key="l">
          Link a line
        </button>
        <button type="button" class="visually-hidden" tabindex={-1} data-errors="previous" data-key="E" hidden>
          Previous error
        </button>
        <button type="button" class="visually-hidden" tabindex={-1} data-press-wrap data-key="w">
          Wrap lines
        </button>
      </div>
    </form>
  )
}

function Match({ way, words, shortcut, sign }: { way: string; words: string; shortcut: string; sign: string }): JSX.Element {
  return (
    <button type="button" class="button" data-look="plain" data-match={way} data-key={shortcut} aria-label={words} title={`${words} (${shortcut})`}>
      {sign as 'safe'}
    </button>
  )
}
