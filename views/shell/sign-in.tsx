import { Button } from '../ui/form/button.tsx'
import { html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Preferences } from '../viewer.ts'
import { page } from './document.tsx'

interface SignInProps {
  problem?: string
  /** The command that prints a link. */
  command: string
  preferences?: Preferences
  assets?(path: string): string
  stylesheets?: readonly string[]
  /** Scripts that exchange the code of a link and send the browser's time zone before the first page. */
  scripts?: readonly string[]
}

/** Sign in with a one-time link, which a script exchanges, or by typing or pasting its code. */
export function signInPage({ problem, command, preferences, assets, stylesheets = [], scripts = [] }: SignInProps): string {
  const body = html(
    <main class="card-page">
      <div class="card">
        <span class="brand">
          <Icon name="lamp" class="brand-lamp" />
          <span>Telltale</span>
        </span>
        <h1>Sign in</h1>
        <div data-sign-in aria-live="polite">
          {problem ? (
            <p class="problem" role="alert" safe>
              {problem}
            </p>
          ) : (
            ''
          )}
        </div>
        <p>Sign in with a one-time link. A server that starts in a terminal prints one; for another, run this on its computer:</p>
        <pre class="empty-command" tabindex={0} safe>
          {command}
        </pre>
        <form class="card-form" method="post" action="/auth/exchange">
          <div class="field">
            <label for="code">Link or code</label>
            <input id="code" name="code" class="mono" required autocomplete="off" spellcheck="false" placeholder="http://telltale-….localhost:8355/in#…" />
            <p class="field-help">Opening the link signs you in. If that does not work, paste it here.</p>
          </div>
          <Button label="Sign in" look="primary" />
        </form>
      </div>
    </main>,
  )
  return page({
    title: 'Sign in',
    ...(preferences && { preferences }),
    stylesheets,
    scripts,
    ...(assets && { favicon: assets('favicon.svg') }),
    body,
  })
}
