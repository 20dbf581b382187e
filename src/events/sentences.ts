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

/** What is said of the thing that the event is about; kinds that are not here say their own name. */
const PHRASES: Record<string, (payload: Said, thing: string) => string> = {
  'task.created': ({ title, queue }, task) => `${task} “${title ?? 'a task'}” was put in ${queue ?? 'the queue'}`,
  'task.state_changed': ({ state, reason }, task) => `${task} ${STATE_VERBS[String(state)] ?? `is ${state}`}: ${reason}`,
  'task.status': ({ status }, task) => (status === 'waiting-for-input' ? `${task} waits for input` : `${task} is ${String(status).replaceAll('-', ' ')}`),
  'task.description_changed': (_, task) => `${task} has a new description`,
  'task.deleted': (_, task) => `${task} was deleted`,
  'worker.launched': ({ kind }, worker) => `${worker} (${kind}) was launched`,
  'worker.state_changed': ({ state, reason }, worker) => `${worker} ${state === 'stopped' ? 'stopped' : `is ${state}`}: ${reason}`,
  'worker.stopped': ({ reason }, worker) => `${worker} stopped: ${reason}`,
  'worker.deleted': (_, worker) => `${worker} was deleted`,
  'transient.set': ({ name, transient_kind }) => `${name} is ${transient_kind}`,
  'transient.cleared': ({ name, ok, error }) => (ok === false ? `${name} could not: ${error ?? 'no reason was given'}` : `${name} is done with that`),
  'component.health_changed': ({ component_id, available, reason }) => `${component_id} is ${available ? 'available' : 'not available'}: ${reason}`,
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
  const phrase = Object.hasOwn(PHRASES, kind) ? PHRASES[kind] : undefined
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    actor,
    ...(!own && { source }),
    text: phrase?.(JSON.parse(payload), id) ?? kind,
    href: own && PAGES[noun] ? `${PAGES[noun]}/${id}` : `/events#kind-${kind.replaceAll('.', '-')}`,
  }
}
