import type { Context } from 'hono'
import { forbidden } from '../../input/problem.ts'
import { can } from '../../log/actor.ts'
import type { May } from '../route.ts'
import type { Env } from '../slice.ts'
import { isLocalOwner } from './gate.ts'

/** Throws forbidden. Handlers call it only for permissions that depend on more than the route. */
export function mustBeAllowed(c: Context<Env>, may: May) {
  if (may === 'anyone' || may === 'any role') return
  if (may === 'control socket') {
    if (isLocalOwner(c)) return
    throw forbidden('This works over the control socket only: run `npx telltale open` on the machine itself.')
  }
  const actor = c.get('actor')
  if (!can(actor, may)) throw forbidden(`The role ${actor.role} may not do this (${may}).`)
}
