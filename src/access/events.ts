import { maybe, text, words } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

const ACTIONS: Record<string, string> = {
  token_created: 'was given a token',
  token_revoked: 'had a token revoked',
  signed_in: 'signed in',
  signed_out: 'signed out',
  session_ended: 'was signed out',
}

export const events = {
  changed: kind(
    'access.changed',
    'a token was created or revoked, or a browser signed in or out; never with a secret',
    {
      principal: text,
      action: words('token_created', 'token_revoked', 'signed_in', 'signed_out', 'session_ended'),
      role: maybe(text),
      expires_at: maybe(text),
      author: text,
    },
    { sentence: ({ principal, action }) => `${principal} ${ACTIONS[String(action)] ?? action}` },
  ),
}
