import { ButtonLink } from './form/button.tsx'
import { html } from './html.ts'

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
