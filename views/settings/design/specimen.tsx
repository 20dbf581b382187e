import type { PropsWithChildren } from '@kitajs/html'
import { domId } from '../../ui/dom-id.ts'

/** A component with its rule. */
export function Specimen({ id, title, note, children }: PropsWithChildren<{ id: string; title: string; note: string }>): JSX.Element {
  const anchor = domId('design', id)
  return (
    <section class="block specimen" id={anchor} aria-labelledby={`${anchor}-title`}>
      <h2 id={`${anchor}-title`} safe>
        {title}
      </h2>
      <p class="muted" safe>
        {note}
      </p>
      {children}
    </section>
  )
}
