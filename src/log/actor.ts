/** People are viewers, operators or admins; programs have tokens of the other three roles. */
export const ROLES = ['viewer', 'operator', 'admin', 'worker', 'agent', 'ingest'] as const
export type Role = (typeof ROLES)[number]

/** The author of a change: `name` is what the log records, such as `operator:ana`, `owner`, `worker:w_3`, `telltale`. */
export interface Actor {
  name: string
  role: Role
  /** `token:<id>` or `session:<hash>`. Its streams end when that is revoked. */
  credential?: string
  /** The only queues that a worker token may claim from; absent for all. */
  queues?: readonly string[]
  /** When the credential expires, and its streams end. */
  expiresAt?: number
}

export const TELLTALE: Actor = { name: 'telltale', role: 'admin' }

/** Whoever can use the control socket has the account that the server runs under. */
export const OWNER: Actor = { name: 'owner', role: 'admin' }

export type Action =
  | 'read'
  | 'tasks.create'
  | 'tasks.shell'
  | 'tasks.operate'
  | 'tasks.work'
  | 'workers.register'
  | 'workers.operate'
  | 'events.append'
  | 'tokens.manage'
  | 'settings.manage'

const ALLOWED: Record<Role, readonly Action[]> = {
  viewer: ['read'],
  operator: ['read', 'tasks.create', 'tasks.shell', 'tasks.operate', 'workers.operate', 'events.append'],
  admin: [
    'read',
    'tasks.create',
    'tasks.shell',
    'tasks.operate',
    'tasks.work',
    'workers.register',
    'workers.operate',
    'events.append',
    'tokens.manage',
    'settings.manage',
  ],
  worker: ['tasks.work', 'workers.register'],
  agent: ['read', 'tasks.create'],
  ingest: ['events.append'],
}

export function can(actor: Actor, action: Action): boolean {
  return ALLOWED[actor.role].includes(action)
}
