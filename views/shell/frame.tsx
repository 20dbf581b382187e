import { attr, html } from '../ui/html.ts'

interface FrameProps {
  /** The section's id. */
  name: string
  href: string
  /** Events that reload it, such as `sse:tasks-changed`; the first of several carries a seq. */
  event: string
  label: string
  body: string
}

/** The wrapper of a panel. Only its content is swapped, so listeners and scroll position stay. */
export function panelFrame({ name, href, event, label, body }: FrameProps): string {
  const safeBody = body
  return html(
    <section id={name} class="panel" aria-label={attr(label)} data-title={attr(label)} hx-get={href} hx-trigger={event} hx-swap="morph:innerHTML settle:0ms">
      {safeBody}
    </section>,
  )
}
