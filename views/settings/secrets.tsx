import type { KeptSecret } from '../../src/access/kept-secrets.ts'
import { Action, Button } from '../ui/form/button.tsx'
import { Input } from '../ui/form/field.tsx'
import { Ago } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { Grant } from './grant.tsx'

/** The names of the secrets, and a form to set one; no page shows a value. */
export function Secrets({ secrets, viewer }: { secrets: readonly KeptSecret[]; viewer: Viewer }): JSX.Element {
  const manages = viewer.may('secrets.manage')
  return (
    <section class="block" aria-labelledby="secrets-title">
      <h2 id="secrets-title">Secrets</h2>
      {secrets.length > 0 ? <ul class="grants">{secrets.map((secret) => Secret(secret, viewer.now, manages))}</ul> : ''}
      <p class="muted">
        A task names one in its environment as <code>secret:NAME</code>. Its worker passes the value to the command and masks it in the output. A value of
        several lines comes from a file: <code safe>{viewer.command('secret', 'set DEPLOY_KEY')}</code>
      </p>
      {manages ? <NewSecret /> : ''}
    </section>
  )
}

function Secret({ name, changed_at }: KeptSecret, now: number, manages: boolean): JSX.Element {
  const end = <Action action={`/api/secrets/${name}/remove`} label="Remove" icon="trash" look="danger" />
  return (
    <Grant of="secret" id={name} status={{ tone: 'quiet', icon: 'done', word: 'Set' }} name={name} more={`secret:${name}`} end={manages && end}>
      {'set '}
      <Ago at={changed_at} now={now} />
    </Grant>
  )
}

function NewSecret(): JSX.Element {
  const field = { form: {}, of: 'secret' }
  return (
    <details class="more">
      <summary>Set a secret</summary>
      <form class="form" method="post" action="/api/secrets">
        <div class="form-fields">
          <Input {...field} name="name" label="Name" placeholder="DEPLOY_KEY" required mono />
          <Input {...field} name="value" label="Value" type="password" required help="It is never shown again." />
        </div>
        <p class="form-actions">
          <Button label="Set secret" look="primary" />
        </p>
      </form>
    </details>
  )
}
