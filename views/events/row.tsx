import type { EventRow } from '../../src/events/events.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { timeOfSecond } from '../ui/time.tsx'
import { logHref } from './links.ts'
import { markOf } from './mark.ts'
import { Payload } from './payload.tsx'

/** An event in one line, which opens to its payload. The link lies over the line: a summary may not contain one. All of it may be foreign text. */
export function Row({ event, now }: { event: EventRow; now: number }): JSX.Element {
  const { seq, at, kind, subject, actor, source, text } = event
  const { icon, tone } = markOf(event)
  return (
    <li id={domId('event', seq)} class="event" data-id={seq} data-tone={tone} hx-disable>
      <details>
        <summary data-key="j,k,Enter">
          <time class="event-time number" datetime={at} safe>
            {timeOfSecond(at, now)}
          </time>
          <span class="event-kind">
            <Icon name={icon} />
            <span safe>{kind}</span>
          </span>
          <span class="event-words" dir="auto" safe>
            {text}
          </span>
          <span class="event-actor" dir="auto" safe>
            {source ?? actor}
          </span>
        </summary>
        <Payload event={event} />
      </details>
      <a class="event-subject" href={attr(event.page ?? logHref({ subject }))} title={attr(subject)} dir="auto" safe>
        {nameOf(subject)}
      </a>
    </li>
  )
}

/** `t_9` for `task:t_9`. */
export const nameOf = (subject: string): string => subject.slice(subject.indexOf(':') + 1)
