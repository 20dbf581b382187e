import { ButtonLink } from './ui/button.tsx'
import { attr, html } from './ui/html.ts'

export interface FrameProps {
  /** The section's id. */
  name: string
  href: string
  /** The events on which it asks for itself again, such as `sse:tasks-changed`; where there are two, the first is the one with a seq. */
  event: string
  label: string
  body: string
}

/** The static wrapper of a panel: only what is inside it is ever swapped, so its listeners and its place stay. */
export function panelFrame({ name, href, event, label, body }: FrameProps): string {
  const safeBody = body
  return html(
    <section id={name} class="panel" aria-label={attr(label)} data-title={attr(label)} hx-get={href} hx-trigger={event} hx-swap="morph:innerHTML settle:0ms">
      {safeBody}
    </section>,
  )
}

export interface EmptyProps {
  title: string
  detail: string
  /** A command to type, where that is the next step. */
  command?: string
  action?: { label: string; href: string }
}

/** Nothing to show, and what to do about it. */
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

/** A part that could not be shown; the rest of the page stays. */
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
