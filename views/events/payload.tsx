import type { EventRow } from '../../src/events/events.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Exact } from '../ui/time.tsx'
import { eventHref, logHref } from './links.ts'

/** An event's number and time, links to what it is about, and its payload as JSON. */
export function Payload({ event }: { event: EventRow }): JSX.Element {
  const { seq, at, kind, subject, actor, cause, payload, isWhole, page } = event
  const json = domId('event', seq, 'json')
  return (
    <div class="event-open" id={domId('payload', seq)}>
      <div class="event-open-head">
        <strong class="number" safe>{`#${seq.toLocaleString('en-US')}`}</strong>
        <span class="muted">
          <Exact at={at} />
        </span>
        <span class="event-links">
          {page ? <Link icon="go" href={page} text={subject} /> : ''}
          {cause === null ? '' : <Link icon="undo" href={eventHref(cause)} text={`Caused by #${cause.toLocaleString('en-US')}`} />}
          <Link icon="filter" href={logHref({ subject })} text="This subject" />
          <Link icon="filter" href={logHref({ kinds: [kind] })} text="This kind" />
          <Link icon="filter" href={logHref({ actor })} text="This actor" />
        </span>
        {isWhole ? <CopyJson of={json} /> : <Link icon="download" href={`/api/events?order=asc&since=${seq - 1}&limit=1`} text="Shortened: whole event" />}
      </div>
      <pre class="event-json" id={json} tabindex={0} safe>
        {payload}
      </pre>
    </div>
  )
}

function Link({ icon, href, text }: { icon: IconName; href: string; text: string }): JSX.Element {
  return (
    <a href={attr(href)}>
      <Icon name={icon} />
      <span safe>{text}</span>
    </a>
  )
}

const CopyJson = ({ of }: { of: string }): JSX.Element => (
  <copy-button data-copy-of={of} hidden>
    <button type="button" class="button">
      <Icon name="copy" class="copy-before" />
      <Icon name="done" class="copy-after" />
      <span>Copy JSON</span>
    </button>
  </copy-button>
)
