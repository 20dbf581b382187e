import type { PropsWithChildren } from '@kitajs/html'
import { Exact } from './time.tsx'

/** A list of names and values. The values may be foreign text. */
export function FactList({ children }: PropsWithChildren): JSX.Element {
  return (
    <section class="block" aria-label="Facts" hx-disable>
      <h2>Facts</h2>
      <dl class="facts">{children}</dl>
    </section>
  )
}

/** A fact; omitted if its value is null, unless it `keeps` its row for a value to come. */
export function Fact({ name, value, href, keeps }: { name: string; value: string | null; href?: string; keeps?: boolean }): JSX.Element {
  if (value === null) return keeps ? <Unknown name={name} /> : ''
  return (
    <div>
      <dt safe>{name}</dt>
      <dd dir="auto">
        {href ? (
          <a href={href} safe>
            {value}
          </a>
        ) : (
          <span safe>{value}</span>
        )}
      </dd>
    </div>
  )
}

/** A time to the second, with its actor. */
export function Moment({ name, at, by, keeps }: { name: string; at: string | null; by?: string; keeps?: boolean }): JSX.Element {
  if (at === null) return keeps ? <Unknown name={name} /> : ''
  return (
    <div>
      <dt safe>{name}</dt>
      <dd>
        <Exact at={at} />
        {by ? <span class="muted" safe>{` by ${by}`}</span> : ''}
      </dd>
    </div>
  )
}

function Unknown({ name }: { name: string }): JSX.Element {
  return (
    <div>
      <dt safe>{name}</dt>
      <dd class="none">–</dd>
    </div>
  )
}
