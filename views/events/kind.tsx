import type { KindSample } from '../../src/events/kinds.ts'
import { domId } from '../ui/dom-id.ts'
import { Exact } from '../ui/time.tsx'

/** A kind of event. Names and payloads of other programs are foreign text. */
export function Kind({ kind, when, fields, isOwn, sample }: KindSample): JSX.Element {
  const id = kind.replaceAll('.', '-')
  return (
    <div class="kind" id={domId('kind', id)} hx-disable>
      <dt>
        <a class="kind-name" href={`#${domId('kind', id)}`}>
          <code safe>{kind}</code>
        </a>
        <span class="muted" safe>
          {when || 'Defined by another program'}
        </span>
      </dt>
      <dd>
        {fields.length > 0 ? <Fields fields={fields} /> : <p class="muted">{isOwn ? 'No fields.' : 'The other program decides its fields.'}</p>}
        {sample ? <Sample id={domId('sample', id)} event={sample} /> : <p class="kind-none">Not in the log yet</p>}
      </dd>
    </div>
  )
}

function Fields({ fields }: { fields: KindSample['fields'] }): JSX.Element {
  return (
    <ul class="kind-fields" aria-label="Fields">
      {fields.map(({ name, type, optional }) => (
        <li>
          <code safe>{name}</code>
          <span class="kind-type" safe>
            {type}
          </span>
          {optional ? <span class="kind-optional">optional</span> : ''}
        </li>
      ))}
    </ul>
  )
}

function Sample({ id, event: { seq, at, source, subject, payload, isWhole } }: { id: string; event: NonNullable<KindSample['sample']> }): JSX.Element {
  return (
    <details class="kind-sample" id={id}>
      <summary>
        <span>Newest </span>
        <span class="number" safe>
          {`#${seq}`}
        </span>
        <span class="muted"> at </span>
        <Exact at={new Date(at).toISOString()} />
        <span class="muted" safe>{` about ${subject}${source === 'local' ? '' : `, from ${source}`}`}</span>
      </summary>
      <pre tabindex={0} safe>
        {payload}
      </pre>
      {isWhole ? (
        ''
      ) : (
        <p class="muted">
          Shortened: <a href={`/api/events?order=asc&since=${seq - 1}&limit=1`}>show the whole event as JSON</a>.
        </p>
      )}
    </details>
  )
}
