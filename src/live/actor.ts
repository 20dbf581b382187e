/** People are viewers, operators or admins; programs hold a token of the other three kinds. */
export const ROLES = ['viewer', 'operator', 'admin', 'worker', 'agent', 'ingest'] as const
export type Role = (typeof ROLES)[number]

/** Whoever acts: `name` is what the log records, such as `operator:ana`, `owner`, `worker:w_3`, `telltale`. */
export interface Actor {
  name: string
  role: Role
  /** What it came with: `token:<id>` or `session:<hash>`. Its streams end when that is revoked. */
  credential?: string
  /** The only queues that a worker token may take from; absent for every queue. */
  queues?: readonly string[]
  /** When that ends by itself, and with it its streams. */
  expiresAt?: number
}

/** The server itself: the reaper, the reconciler, the supervisor. */
export const TELLTALE: Actor = { name: 'telltale', role: 'admin' }

/** Whoever holds the control socket holds the account that the server runs under. */
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

/** The one place that says who may do what, for pages, the API and streams. */
export function can(actor: Actor, action: Action): boolean {
  return ALLOWED[actor.role].includes(action)
}
