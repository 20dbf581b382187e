import { LOCAL, type LoggedEvent } from '../log/log.ts'

export interface Sentence {
  seq: number
  at: string
  kind: string
  actor: string
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
  running: 'is running',
  queued: 'is queued',
}

const ACCESS: Record<string, string> = {
  token_created: 'was given a token',
  token_revoked: 'had a token revoked',
  signed_in: 'signed in',
  signed_out: 'signed out',
  session_ended: 'was signed out',
}

const ofWorker = ({ worker_id, worker_name }: Said) => (worker_name ? `${worker_name} (${worker_id})` : worker_id)

/** The name of the thing, if the event has it, and its id. */
function thingOf({ title, name, worker_id }: Said, id: string): string {
  if (typeof title === 'string') return id.startsWith('w_') ? `${title} (${id})` : `${id} “${title}”`
  return typeof name === 'string' && worker_id === id ? `${name} (${id})` : id
}

const ACTIONS: Record<string, string> = { spawning: 'being launched', rebuilding: 'being rebuilt', destroying: 'being deleted' }

const because = (thing: string, verb: string, reason: unknown) =>
  /^(force-)?(stopped|cancelled) by /.test(String(reason)) ? `${thing} was ${reason}` : `${thing} ${verb}: ${reason}`

const PHRASES: Record<string, (payload: Said, thing: string) => string> = {
  'task.created': ({ queue }, task) => `${task} was put in ${queue ?? 'the queue'}`,
  'task.state_changed': (said, task) => {
    if (said.state === 'claimed' && said.worker_id) return `${task} was claimed by ${ofWorker(said)}`
    if (said.state === 'running' && said.worker_id) return `${task} was started by ${ofWorker(said)}`
    return because(task, STATE_VERBS[String(said.state)] ?? `is ${said.state}`, said.reason)
  },
  'task.status': ({ status }, task) => {
    if (status === 'waiting-for-input') return `${task} is waiting for input`
    return status === 'completed' ? `the process of ${task} has ended` : `the process of ${task} is ${status}`
  },
  'task.description_changed': (_, task) => `${task} has a new description`,
  'task.deleted': (_, task) => `${task} was deleted`,
  'worker.launched': ({ kind }, worker) => `${kind} worker ${worker} was launched`,
  'worker.state_changed': ({ state, reason }, worker) => because(worker, state === 'stopped' ? 'stopped' : `is ${state}`, reason),
  'worker.stopped': ({ reason }, worker) => because(worker, 'stopped', reason),
  'worker.deleted': (_, worker) => `${worker} was deleted`,
  'transient.set': ({ transient_kind }, thing) => `${thing} is ${ACTIONS[String(transient_kind)] ?? transient_kind}`,
  'transient.cleared': ({ ok, error }, thing) =>
    ok === false ? `the action on ${thing} failed: ${error ?? 'no reason given'}` : `the action on ${thing} completed`,
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
  const own = source === LOCAL
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
