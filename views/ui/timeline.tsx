import type { Status } from './badge.tsx'
import { Icon } from './icon.tsx'
import { Ago, Elapsed, Took } from './time.tsx'

export interface Step extends Status {
  at: string
  /** Detail, such as the actor and the reason. */
  more: string
  /** A link to the cause, if that is about something else. */
  after?: { href: string; label: string } | undefined
}

interface StepsProps {
  steps: readonly Step[]
  /** When the next thing began; without it the last step may still be counting. */
  until?: string | undefined
  isCounting: boolean
  now: number
}

/** A reason that begins with the step's word replaces it: `Claimed by w_3`, not `Claimed claimed by w_3`. */
export function said(word: string, more: string): Pick<Step, 'word' | 'more'> {
  const [bare = ''] = word.split(',')
  return more.startsWith(`${bare.toLowerCase()} `) ? { word, more: more.slice(bare.length + 1) } : { word, more }
}

/** Steps in order, with the time between them. */
export function Steps({ steps, until, isCounting, now }: StepsProps): JSX.Element {
  return (
    <ol class="timeline">
      {steps.map((step, i) => (
        <Item step={step} next={steps[i + 1]?.at ?? until} isCounting={isCounting} now={now} />
      ))}
    </ol>
  )
}

function Item({ step, next, isCounting, now }: { step: Step; next: string | undefined; isCounting: boolean; now: number }): JSX.Element {
  const { at, tone, icon, word, more, after } = step
  return (
    <li class="step" data-tone={tone}>
      <Icon name={icon} />
      <span class="step-words">
        <strong safe>{word}</strong>
        {more ? (
          <span class="muted" dir="auto" safe>
            {more}
          </span>
        ) : (
          ''
        )}
        {after ? (
          <a href={after.href} safe>
            {after.label}
          </a>
        ) : (
          ''
        )}
      </span>
      <span class="step-took">{next ? <Took from={at} to={next} /> : isCounting ? <Elapsed at={at} now={now} /> : ''}</span>
      <span class="step-at">
        <Ago at={at} now={now} />
      </span>
    </li>
  )
}
