import type { Attempt, Task } from '../../../src/tasks/tasks.ts'
import { Icon } from '../../ui/icon.tsx'
import { Elapsed, Took } from '../../ui/time.tsx'
import { statusOfState } from '../status.ts'

/** The attempts as tabs of the log, once there is more than one. The newest has no number in its link: its viewer follows the next one. */
export function Attempts({ task, attempts, shown, now }: { task: Task; attempts: readonly Attempt[]; shown: number; now: number }): JSX.Element {
  const newest = attempts[0]?.attempt ?? 0
  return (
    <nav class="run-attempts" aria-label="Attempts" data-newest-attempt={String(newest)} hidden={attempts.length < 2}>
      {attempts.toReversed().map((it) => (
        <Tab
          href={it.attempt === newest ? `/tasks/${task.id}#log` : `/tasks/${task.id}?attempt=${it.attempt}#log`}
          of={it}
          isShown={it.attempt === shown}
          now={now}
        />
      ))}
    </nav>
  )
}

function Tab({
  href,
  of: { attempt, outcome, started_at, claimed_at, finished_at },
  isShown,
  now,
}: {
  href: string
  of: Attempt
  isShown: boolean
  now: number
}): JSX.Element {
  const { tone, icon, word } = statusOfState(outcome ?? 'running')
  const began = started_at ?? claimed_at
  return (
    <a href={href} data-attempt={String(attempt)} data-tone={tone} aria-current={isShown ? 'page' : undefined}>
      <Icon name={icon} />
      <span class="visually-hidden">Attempt </span>
      <span>{attempt}</span>
      <span class="visually-hidden" safe>{`, ${word.toLowerCase()}, `}</span>
      <span class="muted">{finished_at ? <Took from={began} to={finished_at} /> : <Elapsed at={began} now={now} />}</span>
    </a>
  )
}
