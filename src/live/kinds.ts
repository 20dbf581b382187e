import { z } from 'zod'

const text = z.string()
const optional = <T extends z.ZodType>(type: T) => type.optional()
const exact = z.strictObject

/**
 * Every kind of event and its exact payload. A field is never renamed; a new one is added at the end, optional.
 * From this table come the type of `emit`, its check at run time, and the names that the browser listens for.
 */
export const KINDS = {
  'task.created': exact({
    task_id: text,
    state: text,
    urgency: text,
    contract: z.string().nullable(),
    title: optional(text),
    queue: optional(text),
    project: optional(z.string().nullable()),
    parent_task_id: optional(z.string().nullable()),
  }),
  'task.state_changed': exact({
    task_id: text,
    state: text,
    reason: text,
    attempt: optional(z.int()),
    worker_id: optional(z.string().nullable()),
    exit_code: optional(z.int().nullable()),
  }),
  'task.status': exact({ task_id: text, status: z.enum(['running', 'waiting-for-input', 'completed']), finished_at: optional(text) }),
  'task.description_changed': exact({ task_id: text, description: text }),
  'task.deleted': exact({ task_id: text, reason: text }),
  'worker.launched': exact({ worker_id: text, kind: text, queues: z.array(text) }),
  'worker.state_changed': exact({ worker_id: text, state: text, reason: text }),
  'worker.stopped': exact({ worker_id: text, reason: text }),
  'worker.deleted': exact({ worker_id: text }),
  'transient.set': exact({
    name: text,
    transient_kind: z.enum(['spawning', 'starting', 'stopping', 'restarting', 'rebuilding', 'destroying']),
    since_unix: z.int(),
  }),
  'transient.cleared': exact({ name: text, ok: optional(z.boolean()), error: optional(text) }),
} as const

export type Kind = keyof typeof KINDS
export type Payload<K extends Kind> = z.infer<(typeof KINDS)[K]>

/** True when `kind` is named by one of `patterns`; a pattern that ends in a dot names every kind that starts with it. */
export function isNamed(kind: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('.') ? kind.startsWith(pattern) : kind === pattern))
}
