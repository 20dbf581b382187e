import type { PropsWithChildren } from '@kitajs/html'
import { attr } from '../html.ts'
import { Icon } from '../icon.tsx'

/** A row's actions behind one button. Menus of one name close each other. */
export function Menu({ id, label, children }: PropsWithChildren<{ id: string; label: string }>): JSX.Element {
  return (
    <details class="menu" name="menu" id={id}>
      <summary class="button" data-look="plain" aria-label={attr(label)} title="Actions" data-key=".">
        <Icon name="more" />
      </summary>
      <div class="menu-list">{children}</div>
    </details>
  )
}
