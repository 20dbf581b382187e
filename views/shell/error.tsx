import { errorState } from '../ui/empty.tsx'
import { ButtonLink } from '../ui/form/button.tsx'
import { html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Preferences } from '../viewer.ts'
import { page } from './document.tsx'

interface ErrorProps {
  status: number
  title: string
  detail: string
  requestId: string
  stylesheets?: readonly string[]
  preferences?: Preferences
}

const NEXT: Record<number, string> = {
  401: 'The sign-in page says how to make a new link.',
  403: 'Ask the owner of this server for a role that allows it.',
  404: 'Check the address, or find it from the dashboard.',
  409: 'Go back to see the current state, then try again.',
  413: 'Send less data in one request.',
  421: 'Open Telltale at the address that it printed when it started, or set this one with --public-url.',
  422: 'Go back, correct the fields named above, and send it again.',
  500: 'Your change was not saved. The server’s log has the details under this request ID.',
  503: 'Reading still works. Try again in a moment.',
}

/** An error as a page of its own, without a session. */
export function errorPage({ status, title, detail, requestId, stylesheets = [], preferences }: ErrorProps): string {
  const next = NEXT[status]
  const body = html(
    <main class="card-page">
      <div class="card">
        <a class="brand" href="/">
          <Icon name="lamp" class="brand-lamp" />
          <span>Telltale</span>
        </a>
        <p class="card-kicker">{status}</p>
        <h1 safe>{title}</h1>
        <p data-detail safe>
          {detail}
        </p>
        {next ? (
          <p class="muted" safe>
            {next}
          </p>
        ) : (
          ''
        )}
        <div class="card-actions">
          {status === 401 ? <ButtonLink label="Sign in" href="/in" look="primary" /> : <ButtonLink label="Back to the dashboard" href="/" />}
        </div>
        {requestId ? (
          <p class="card-foot">
            Request <code safe>{requestId}</code>
          </p>
        ) : (
          ''
        )}
      </div>
    </main>,
  )
  return page({ title, stylesheets, ...(preferences && { preferences }), body })
}

/** The same as a fragment. */
export function errorFragment({ title, detail, requestId }: ErrorProps): string {
  return errorState({ title, detail, requestId })
}
