import type { KeptSecret } from '../../src/access/kept-secrets.ts'
import type { OpenSession } from '../../src/access/sessions.ts'
import type { Token } from '../../src/access/tokens.ts'
import type { Sentence } from '../../src/log/sentence.ts'
import type { Status } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { Action, Button } from '../ui/form/button.tsx'
import { Input, Select } from '../ui/form/field.tsx'
import { html } from '../ui/html.ts'
import { Ago } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { Grant } from './grant.tsx'
import { Secrets } from './secrets.tsx'
import { Tabs } from './tabs.tsx'

const ROLES = [
  { value: 'viewer', label: 'viewer: looks' },
  { value: 'operator', label: 'operator: looks and acts' },
  { value: 'admin', label: 'admin: everything' },
  { value: 'worker', label: 'worker: claims and runs tasks' },
  { value: 'agent', label: 'agent: looks and asks' },
  { value: 'ingest', label: 'ingest: publishes events' },
] as const

interface AccessProps {
  sessions: readonly OpenSession[]
  tokens: readonly Token[]
  secrets: readonly KeptSecret[]
  /** The newest changes of both, newest first. */
  changes: readonly Sentence[]
  /** The id of the session that this page is requested with. */
  own: string | undefined
  viewer: Viewer
}

/** The browsers that are signed in and the tokens of programs, each with the action that ends it. */
export function accessPage({ sessions, tokens, secrets, changes, own, viewer }: AccessProps): string {
  const { now } = viewer
  const manages = viewer.may('tokens.manage')
  return html(
    <div class="settings">
      <h1 class="visually-hidden">Sign-in and tokens</h1>
      <Tabs at="/settings/access" viewer={viewer} />
      <section class="block" aria-labelledby="sessions-title">
        <h2 id="sessions-title">Signed in</h2>
        {sessions.length > 0 ? <ul class="grants">{sessions.map((session) => Session(session, { isOwn: session.id === own, manages, now }))}</ul> : ''}
        <p class="muted">
          For another browser, run <code safe>{viewer.command('open')}</code> on this server’s computer, and open the link that it prints.
        </p>
      </section>
      <section class="block" aria-labelledby="tokens-title">
        <h2 id="tokens-title">Tokens</h2>
        {tokens.length > 0 ? (
          <ul class="grants">{tokens.map((token) => Issued(token, { manages, now }))}</ul>
        ) : (
          <p class="muted">No tokens yet. A program signs in with one.</p>
        )}
        {manages ? <NewToken /> : ''}
      </section>
      <Secrets secrets={secrets} viewer={viewer} />
      {changes.length > 0 ? <Changes changes={changes} now={now} /> : ''}
    </div>,
  )
}

/** Sign-ins, sign-outs and changes of tokens, a sentence each. */
function Changes({ changes, now }: { changes: readonly Sentence[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-labelledby="changes-title">
      <h2 id="changes-title">Latest changes</h2>
      <ol class="access-changes">
        {changes.map(({ seq, at, text, actor }) => (
          <li id={domId('event', String(seq))} hx-disable>
            <span dir="auto" safe>
              {text}
            </span>
            <span class="muted">
              <Ago at={at} now={now} />
              <span safe>{text.startsWith(`${actor} `) ? '' : `, by ${actor}`}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

interface Looker {
  manages: boolean
  now: number
}

function Session({ id, name, role, created_at, seen_at, expires_at }: OpenSession, { isOwn, manages, now }: Looker & { isOwn: boolean }): JSX.Element {
  const end = <Action action={`/api/sessions/${id}/revoke`} label="Sign out" icon="sign-out" look="plain" />
  return (
    <Grant of="session" id={id} status={{ tone: 'quiet', icon: 'user', word: isOwn ? 'This browser' : 'Browser' }} name={name} more={role} end={manages && end}>
      {'seen '}
      {isOwn ? 'now' : <Ago at={seen_at} now={now} />}
      {' · signed in '}
      <Ago at={created_at} now={now} />
      {' · expires '}
      <Ago at={expires_at} now={now} />
    </Grant>
  )
}

function Issued({ id, name, role, created_at, expires_at, used_at, revoked_at, queues }: Token, { manages, now }: Looker): JSX.Element {
  const isOver = revoked_at !== null || Date.parse(expires_at) < now
  const end = <Action action={`/api/tokens/${id}/revoke`} label="Revoke" icon="trash" look="danger" />
  return (
    <Grant
      of="token"
      id={id}
      status={standing(revoked_at, isOver)}
      name={name}
      more={`${role}${queues ? ` for ${queues.join(', ')}` : ''} · ${id}`}
      end={manages && !isOver && end}
    >
      {used_at ? (
        <>
          used <Ago at={used_at} now={now} />
        </>
      ) : (
        'never used'
      )}
      {' · created '}
      <Ago at={created_at} now={now} />
      {revoked_at ? ' · revoked ' : isOver ? ' · expired ' : ' · expires '}
      <Ago at={revoked_at ?? expires_at} now={now} />
    </Grant>
  )
}

function standing(revoked_at: string | null, isOver: boolean): Status {
  if (revoked_at !== null) return { tone: 'cancelled', icon: 'cancelled', word: 'Revoked' }
  return isOver ? { tone: 'cancelled', icon: 'scheduled', word: 'Expired' } : { tone: 'quiet', icon: 'done', word: 'Active' }
}

function NewToken(): JSX.Element {
  const field = { form: { values: { role: 'worker', expires_days: '90' } }, of: 'token' }
  return (
    <details class="more">
      <summary>New token</summary>
      <form class="form" method="post" action="/api/tokens">
        <div class="form-fields">
          <Input {...field} name="name" label="Name" placeholder="build machine" required />
          <Select {...field} name="role" label="Role" options={ROLES} />
          <Input {...field} name="queues" label="Queues (worker only)" placeholder="All queues" />
          <Input {...field} name="expires_days" label="Expires after (days)" type="number" min={1} max={3650} />
        </div>
        <p class="form-actions">
          <Button label="Create token" look="primary" />
        </p>
      </form>
    </details>
  )
}
