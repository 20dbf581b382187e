import type { Attempt } from '../../../src/tasks/tasks.ts'
import { Button, ButtonLink } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'

export interface LogBarProps {
  task: { id: string }
  attempt: number
  attempts: readonly Attempt[]
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
export function LogBar({ task, attempt, attempts, find = '', level = '' }: LogBarProps): JSX.Element {
  return (
    <form class="log-bar" method="get" action={`/tasks/${task.id}#log`}>
      <h2>Log</h2>
      <Attempts id={task.id} attempt={attempt} attempts={attempts} />
      <input type="hidden" name="attempt" value={String(attempt)} />
      <label class="log-find">
        <span class="visually-hidden">Find in the log</span>
        <input type="search" name="find" value={attr(find)} data-find placeholder="Find in the log" maxlength={200} autocomplete="off" spellcheck="false" />
      </label>
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
      <span class="log-submit">
        <Button label="Find" />
      </span>
      <label class="toggle">
        <input type="checkbox" data-wrap autocomplete="off" />
        Wrap
      </label>
      <label class="toggle">
        <input type="checkbox" data-follow checked autocomplete="off" />
        Follow
      </label>
      <ButtonLink label="Download" icon="download" href={`/api/tasks/${task.id}/log?attempt=${attempt}&download=1`} />
    </form>
  )
}

/** A tab per attempt, hidden while there is only one. */
function Attempts({ id, attempt, attempts }: Pick<LogBarProps, 'attempt' | 'attempts'> & { id: string }): JSX.Element {
  const numbers = attempts.length > 0 ? attempts.map((each) => each.attempt).reverse() : [attempt]
  return (
    <nav class="log-attempts" aria-label="Attempts" hidden={numbers.length < 2}>
      {numbers.map((number) => (
        <a href={`/tasks/${id}?attempt=${number}#log`} aria-current={number === attempt ? 'page' : undefined}>
          {number}
        </a>
      ))}
    </nav>
  )
}
