import type { PropsWithChildren } from '@kitajs/html'
import { Exact } from './time.tsx'

/** What is known of a thing, name by name. What stands in it was written by strangers. */
export function FactList({ children }: PropsWithChildren): JSX.Element {
  return (
    <section class="block" aria-label="Facts" hx-disable>
      <h2>Facts</h2>
      <dl class="facts">{children}</dl>
    </section>
  )
}

/** One fact; one that is not known is left out. */
export function Fact({ name, value, href }: { name: string; value: string | null; href?: string }): JSX.Element {
  if (value === null) return ''
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

/** When something was, to the second, and through whom. */
export function Moment({ name, at, by }: { name: string; at: string | null; by?: string }): JSX.Element {
  if (at === null) return ''
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
