import { ButtonLink } from '../ui/form/button.tsx'
import { Copy } from '../ui/form/copy.tsx'
import { html } from '../ui/html.ts'

/** The only page that ever shows the token. */
export function tokenPage({ name, role, token, expires_days }: { name: string; role: string; token: string; expires_days: number }): string {
  return html(
    <section class="card confirm" aria-labelledby="token-title" hx-disable>
      <h1 id="token-title">New token</h1>
      <p>
        {'For '}
        <strong dir="auto" safe>
          {name}
        </strong>
        <span safe>{` with the role ${role}. It expires after ${expires_days} ${expires_days === 1 ? 'day' : 'days'}. `}</span>
        Copy it now: it is not shown again.
      </p>
      <p class="command token">
        <Copy text={token} label="Copy token" />
      </p>
      <p class="muted">
        A program sends it as <code>Authorization: Bearer …</code>; Telltale’s own commands read it from <code>TELLTALE_TOKEN</code>.
      </p>
      <div class="card-actions">
        <ButtonLink label="Back to tokens" href="/settings/access" look="primary" />
      </div>
    </section>,
  )
}
