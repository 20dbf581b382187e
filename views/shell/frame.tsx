import { ButtonLink } from '../ui/form/button.tsx'
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

interface EmptyProps {
  title: string
  detail: string
  /** A command that is the next step. */
  command?: string
  action?: { label: string; href: string }
}

/** An empty state with the next step. */
export function emptyState({ title, detail, command, action }: EmptyProps): string {
  return html(
    <div class="empty">
      <h2 safe>{title}</h2>
      <p safe>{detail}</p>
      {command ? (
        <pre class="empty-command" tabindex={0} safe>
          {command}
        </pre>
      ) : (
        ''
      )}
      {action ? <ButtonLink label={action.label} href={action.href} /> : ''}
    </div>,
  )
}

/** An error in one part of the page. */
export function errorState({ title, detail, requestId }: { title: string; detail: string; requestId?: string }): string {
  return html(
    <div class="empty" data-tone="failed" role="alert">
      <h2 safe>{title}</h2>
      <p data-detail safe>
        {detail}
      </p>
      {requestId ? (
        <p class="muted">
          Request <code safe>{requestId}</code>
        </p>
      ) : (
        ''
      )}
    </div>,
  )
}
