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

/** `read`, or what a slice declares, such as `tasks.operate`. */
export type Action = 'read' | `${string}.${string}`
export type Actions = Readonly<Partial<Record<Action, readonly Role[]>>>

/** Which roles may do what; reading the pages, the API and the streams is one action. */
export class Permissions {
  readonly #roles: ReadonlyMap<string, readonly Role[]>

  /** Throws on an action that is declared twice. */
  constructor(declared: readonly Actions[]) {
    const all = declared.flatMap((actions) => Object.entries(actions) as [Action, readonly Role[]][])
    this.#roles = new Map(all)
    if (this.#roles.size < all.length) throw new Error(`an action is declared twice among ${all.map(([action]) => action).join(', ')}`)
  }

  has = (action: Action): boolean => this.#roles.has(action)

  may = ({ role }: Pick<Actor, 'role'>, action: Action): boolean => this.#roles.get(action)?.includes(role) === true
}

/** Actions of no slice. */
export const COMMON: Actions = { read: ['viewer', 'operator', 'admin', 'agent'] }
