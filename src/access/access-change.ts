import type { Payload } from '../log/kinds.ts'
import type { Tx } from '../log/mutate.ts'
import { events } from './events.ts'

interface Principal {
  name: string
  role: string
  expires_at: number
}

/** Logs that a token or a session began or ended; the secret is in neither. */
export async function logAccess(tx: Tx, subject: string, action: Payload<typeof events.changed>['action'], { name, role, expires_at }: Principal) {
  await tx.emit(events.changed, subject, { principal: name, action, role, expires_at: new Date(expires_at).toISOString(), author: tx.actor.name })
}
