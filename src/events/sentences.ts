import type { LoggedEvent } from '../live/log.ts'

/** An event as a line for people: who, what, and where it leads. */
export interface Sentence {
  seq: number
  at: string
  kind: string
  actor: string
  /** Undefined for this server's own. */
  source?: string
  text: string
  href: string
}

type Said = Record<string, unknown>

const PAGES: Record<string, string> = { task: '/tasks', worker: '/workers' }

const STATE_VERBS: Record<string, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  lost: 'was lost',
  running: 'runs',
  queued: 'waits',
}

const ACCESS: Record<string, string> = {
  token_created: 'was given a token',
  token_revoked: 'had a token revoked',
  signed_in: 'signed in',
  signed_out: 'signed out',
  session_ended: 'was signed out',
}

const ofWorker = ({ worker_id, worker_name }: Said) => (worker_name ? `${worker_name} (${worker_id})` : worker_id)

/** The thing by its name, where the event holds it, and its id. */
function thingOf({ title, name, worker_id }: Said, id: string): string {
  if (typeof title === 'string') return id.startsWith('w_') ? `${title} (${id})` : `${id} “${title}”`
  return typeof name === 'string' && worker_id === id ? `${name} (${id})` : id
}

/** What is said of the thing that the event is about; kinds that are not here say their own name. */
const PHRASES: Record<string, (payload: Said, thing: string) => string> = {
  'task.created': ({ queue }, task) => `${task} was put in ${queue ?? 'the queue'}`,
  'task.state_changed': (said, task) => {
    if (said.state === 'claimed' && said.worker_id) return `${task} was claimed by ${ofWorker(said)}`
    if (said.state === 'running' && said.worker_id) return `${task} was started by ${ofWorker(said)}`
    return `${task} ${STATE_VERBS[String(said.state)] ?? `is ${said.state}`}: ${said.reason}`
  },
  'task.status': ({ status }, task) => (status === 'waiting-for-input' ? `${task} waits for input` : `${task} is ${String(status).replaceAll('-', ' ')}`),
  'task.description_changed': (_, task) => `${task} has a new description`,
  'task.deleted': (_, task) => `${task} was deleted`,
  'worker.launched': ({ kind }, worker) => `${worker} (${kind}) was launched`,
  'worker.state_changed': ({ state, reason }, worker) => `${worker} ${state === 'stopped' ? 'stopped' : `is ${state}`}: ${reason}`,
  'worker.stopped': ({ reason }, worker) => `${worker} stopped: ${reason}`,
  'worker.deleted': (_, worker) => `${worker} was deleted`,
  'transient.set': ({ transient_kind }, thing) => `${thing} is ${transient_kind}`,
  'transient.cleared': ({ ok, error }, thing) => (ok === false ? `${thing} could not: ${error ?? 'no reason was given'}` : `${thing} is done with that`),
  'component.health_changed': ({ component_id, available, reason }) => `${component_id} is ${available ? 'available' : 'not available'}: ${reason}`,
  'access.changed': ({ principal, action }) => `${principal} ${ACCESS[String(action)] ?? action}`,
  'setting.changed': ({ setting_id, value }) => settingChanged(String(setting_id), value !== undefined),
}

function settingChanged(id: string, isThere: boolean): string {
  const view = /^view:(.*)/s.exec(id)?.[1]
  if (view === undefined) return `${id} was changed`
  return `the view “${view}” was ${isThere ? 'saved' : 'deleted'}`
}

export function sentence(event: LoggedEvent): Sentence {
  const { seq, at, kind, subject, actor, source, payload } = event
  const [noun = '', id = ''] = subject.split(/:(.*)/s)
  const own = source === 'local'
  const said: Said = JSON.parse(payload)
  const phrase = Object.hasOwn(PHRASES, kind) ? PHRASES[kind] : undefined
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    actor,
    ...(!own && { source }),
    text: phrase?.(said, thingOf(said, id)) ?? kind,
    href: own && kind === 'access.changed' ? '/settings/access' : own && PAGES[noun] ? `${PAGES[noun]}/${id}` : `/events#kind-${kind.replaceAll('.', '-')}`,
  }
}
