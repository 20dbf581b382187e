// Every event of the log for scripts, as `window.eventBus`. The stream is open only while there are listeners.
import { source } from './source.js'
import { Wire } from './wire.js'

const EVERY_KIND = '*'
const PLUMBING = new Set(['ready', 'server-restarting'])
const handlers = new Map()
let { seq, epoch } = source.head
let heartbeat = null
let wire

/**
 * Calls `fn` with the data and name of each event of `kind`, such as `task.created`, or of all for `*`, from now on, once
 * each over lost connections. There are also `bus.heartbeat`, `gap` (some were dropped) and `reset` (start over).
 */
function on(kind, fn) {
  if (handlers.size === 0) begin()
  handlers.set(kind, (handlers.get(kind) ?? new Set()).add(fn))
  wire ??= new Wire({ url: () => `/api/events?since=${seq}.${epoch}`, receive })
  wire.open()
}

/** Removes a listener. */
function off(kind, fn) {
  const hearing = handlers.get(kind)
  hearing?.delete(fn)
  if (hearing?.size === 0) handlers.delete(kind)
  if (handlers.size === 0) wire.close()
}

function begin() {
  const { head } = source
  if (head.epoch !== epoch || head.seq > seq) ({ seq, epoch } = head)
}

function receive({ type, name, data, id }) {
  if (type !== 'frame') return
  if (id && !isNew(id)) return
  if (name === 'bus.heartbeat') heartbeat = Date.now()
  if (!name || PLUMBING.has(name)) return
  const event = read(data)
  if (name === 'reset') ({ seq, epoch } = event)
  dispatch(name, event)
}

// Another tab may have requested an earlier cursor.
function isNew(id) {
  const [at, of] = id.split('.')
  if (of === epoch && Number(at) <= seq) return false
  if (of !== epoch) dispatch('reset', { epoch: of, seq: Number(at), reason: 'the log was started over' })
  seq = Number(at)
  epoch = of
  return true
}

function read(data) {
  try {
    return JSON.parse(data) ?? {}
  } catch {
    return {}
  }
}

function dispatch(name, event) {
  for (const fn of [...(handlers.get(name) ?? []), ...(handlers.get(EVERY_KIND) ?? [])]) {
    try {
      fn(event, name)
    } catch (error) {
      reportError(error)
    }
  }
}

source.addEventListener('ping', () => {
  heartbeat = Date.now()
})

window.eventBus = {
  on,
  off,
  /** Whether the page shows changes as they happen. */
  isConnected: () => source.readyState === EventSource.OPEN,
  /** The time of the server's last sign of life, in ms since 1970, or null. */
  lastHeartbeat: () => heartbeat,
}
