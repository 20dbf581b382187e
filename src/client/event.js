import { randomUUID } from 'node:crypto'
import { Refused } from './wire.js'

/** The same rules as the server's, so that an event it would refuse is never spooled. */
const KIND_NAME = /^[a-z][a-z0-9_-]{0,60}(\.[a-z0-9][a-z0-9_-]{0,60}){1,7}$/
const LENGTHS = { source: 200, source_id: 200, subject: 200, actor: 100 }
const CONTROL = /[\p{Cc}\u2028\u2029]/u
const LONE_SURROGATE = /\p{Cs}/u

/** An event as JSON text, with a new id and the current time by default. Throws Refused. */
export function eventText(source, kind, payload = {}, { source_id = randomUUID(), subject, actor, at, cause } = {}) {
  const names = { source, source_id, subject, actor }
  for (const [field, most] of Object.entries(LENGTHS)) if (names[field] !== undefined) checkName(field, names[field], most)
  if (typeof kind !== 'string' || !KIND_NAME.test(kind)) throw refused('kind', 'A kind must look like noun.past_participle.')
  if (Object.prototype.toString.call(payload) !== '[object Object]') throw refused('payload', 'A payload must be an object.')
  if (cause !== undefined && !(Number.isSafeInteger(cause) && cause > 0)) throw refused('cause', 'A cause must be the seq of an event.')
  const time = new Date(at ?? Date.now())
  if (Number.isNaN(time.getTime())) throw refused('at', 'This is not a valid time.')
  try {
    return JSON.stringify({ ...names, kind, at: time.toISOString(), cause, payload }, exact)
  } catch (error) {
    throw refused('payload', `JSON cannot represent it: ${error.message}.`)
  }
}

function checkName(field, value, most) {
  if (typeof value !== 'string' || value === '' || value.length > most) throw refused(field, `This must be text of 1 to ${most} characters.`)
  if (CONTROL.test(value) || LONE_SURROGATE.test(value)) throw refused(field, 'It must not contain control characters or half of a surrogate pair.')
}

/** Refuses values that JSON would silently change. A BigInt keeps all its digits where the runtime supports it. */
function exact(key, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`it contains ${value}`)
  if (typeof value === 'bigint' && 'rawJSON' in JSON) return /** @type {any} */ (JSON).rawJSON(String(value))
  if (LONE_SURROGATE.test(key) || (typeof value === 'string' && LONE_SURROGATE.test(value))) throw new Error('it contains half of a surrogate pair')
  return value
}

const refused = (field, sentence) => new Refused(422, { code: 'invalid', detail: `${field}: ${sentence}`, fields: { [field]: sentence } })
