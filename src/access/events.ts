import { maybe, text, words } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

const ACTIONS: Record<string, string> = {
  token_created: 'was given a token',
  token_revoked: 'had a token revoked',
  signed_in: 'signed in',
  signed_out: 'signed out',
  session_ended: 'was signed out',
  secret_set: 'was set',
  secret_removed: 'was removed',
}

export const events = {
  changed: kind(
    'access.changed',
    'a token was created or revoked, a browser signed in or out, or a secret was set or removed; never with a secret’s value',
    {
      principal: text,
      action: words('token_created', 'token_revoked', 'signed_in', 'signed_out', 'session_ended', 'secret_set', 'secret_removed'),
      role: maybe(text),
      expires_at: maybe(text),
      author: text,
    },
    { sentence: ({ principal, action }) => `${principal} ${ACTIONS[String(action)] ?? action}` },
  ),
}
