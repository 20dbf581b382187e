import type { Payload } from '../log/kinds.ts'
import type { Tx } from '../log/mutate.ts'

interface Principal {
  name: string
  role: string
  expires_at: number
}

export async function logAccess(tx: Tx, subject: string, action: Payload<'access.changed'>['action'], { name, role, expires_at }: Principal) {
  await tx.emit('access.changed', subject, { principal: name, action, role, expires_at: new Date(expires_at).toISOString(), author: tx.actor.name })
}
