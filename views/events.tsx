import type { KindSample } from '../src/events/events.ts'
import type { Page } from '../src/http/panel.ts'
import { html } from './ui/html.ts'
import { Exact } from './ui/time.tsx'

/** What the page is about, and how to read the same from a terminal. */
export function eventsHead(): string {
  return html(
    <div class="head">
      <h1>Events</h1>
      <p class="muted">
        Everything that changes is an event, in one log. Follow it with <code>curl -N localhost:8355/api/events</code>, add to it with{' '}
        <code>telltale emit KIND JSON</code>.
      </p>
    </div>,
  )
}

/** Every kind by its noun: its fields, when it is published, and the newest one. */
export function eventsView({ items }: Page<KindSample>): string {
  const nouns = [...new Set(items.map(({ kind }) => nounOf(kind)))]
  return html(
    <div class="kinds">
      {nouns.map((noun) => (
        <section class="card" aria-labelledby={`kinds-${noun}`}>
          <h2 id={`kinds-${noun}`} class="card-title" safe>
            {noun}
          </h2>
          <dl class="kind-list">{items.filter(({ kind }) => nounOf(kind) === noun).map(Kind)}</dl>
        </section>
      ))}
    </div>,
  )
}

function Kind({ kind, when, fields, isKnown, sample }: KindSample): JSX.Element {
  return (
    <div class="kind" id={`kind-${kind.replaceAll('.', '-')}`}>
      <dt>
        <code class="kind-name" safe>
          {kind}
        </code>
        <span class="muted" safe>
          {whenOf(isKnown, when)}
        </span>
      </dt>
      <dd>
        <ul class="kind-fields" aria-label="Fields">
          {fields.map(({ name, type, optional }) => (
            <li>
              <code safe>{optional ? `${name}?` : name}</code>
              <span class="muted" safe>{` ${type}`}</span>
            </li>
          ))}
        </ul>
        {sample ? <Sample id={`sample-${kind.replaceAll('.', '-')}`} event={sample} /> : <p class="muted">None yet.</p>}
      </dd>
    </div>
  )
}

function Sample({ id, event: { seq, at, source, subject, payload } }: { id: string; event: NonNullable<KindSample['sample']> }): JSX.Element {
  return (
    <details class="kind-sample" id={id}>
      <summary>
        {'Newest: '}
        <Exact at={new Date(at).toISOString()} />
        <span safe>{` #${seq}, ${subject}${source === 'local' ? '' : `, from ${source}`}`}</span>
      </summary>
      <pre hx-disable tabindex={0} safe>
        {JSON.stringify(payload, null, 2)}
      </pre>
    </details>
  )
}

const whenOf = (isKnown: boolean, when: string): string => (isKnown ? when : 'another program’s own kind')

const nounOf = (kind: string) => kind.split('.')[0] as string
