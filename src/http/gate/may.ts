import type { Context } from 'hono'
import { commandLine } from '../../config/command.ts'
import { forbidden } from '../../input/problem.ts'
import type { App } from '../../live/app.ts'
import type { May } from '../route.ts'
import type { Env } from '../slice.ts'
import { isLocalOwner } from './gate.ts'

/** Throws forbidden unless the caller may. A handler asks this only for what depends on more than its route. */
export function mustBeAllowed(app: App, c: Context<Env>, may: May) {
  if (may === 'anyone' || may === 'any role') return
  if (may === 'control socket') {
    if (isLocalOwner(c)) return
    throw forbidden(`This works over the control socket only. On the server’s computer, run: ${commandLine(app.config.data, 'open')}`)
  }
  const actor = c.get('actor')
  if (!app.permissions.may(actor, may)) throw forbidden(`The role ${actor.role} may not do this (${may}).`)
}
