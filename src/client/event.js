import { randomUUID } from 'node:crypto'
import { Refused } from './wire.js'

/** The server's rules, here as well: what it would refuse is refused while it is down, and not kept for later. */
const KIND_NAME = /^[a-z][a-z0-9_-]{0,60}(\.[a-z0-9][a-z0-9_-]{0,60}){1,7}$/
const LENGTHS = { source: 200, source_id: 200, subject: 200, actor: 100 }
const CONTROL = /[\p{Cc}\u2028\u2029]/u
/** Half of a character that takes two UTF-16 units: no UTF-8 can say it. */
const HALF = /\p{Cs}/u

/**
 * One event as JSON text, with an id of its own and the time of this call where none is given. Throws Refused.
 * @param {string} source @param {string} kind @param {object} payload
 * @param {import('./index.js').PublishOptions} options
 */
export function eventText(source, kind, payload = {}, { source_id = randomUUID(), subject, actor, at, cause } = {}) {
  const names = { source, source_id, subject, actor }
  for (const [field, most] of Object.entries(LENGTHS)) if (names[field] !== undefined) checkName(field, names[field], most)
  if (typeof kind !== 'string' || !KIND_NAME.test(kind)) throw refused('kind', 'A kind looks like noun.past_participle.')
  if (Object.prototype.toString.call(payload) !== '[object Object]') throw refused('payload', 'A payload is an object.')
  if (cause !== undefined && !(Number.isSafeInteger(cause) && cause > 0)) throw refused('cause', 'A cause is the seq of an event.')
  const time = new Date(at ?? Date.now())
  if (Number.isNaN(time.getTime())) throw refused('at', 'This is not a time.')
  try {
    return JSON.stringify({ ...names, kind, at: time.toISOString(), cause, payload }, exact)
  } catch (error) {
    throw refused('payload', `JSON cannot say it: ${error.message}.`)
  }
}

function checkName(field, value, most) {
  if (typeof value !== 'string' || value === '' || value.length > most) throw refused(field, `This is a text of 1 to ${most} characters.`)
  if (CONTROL.test(value) || HALF.test(value)) throw refused(field, 'It may hold no control character and no half of a character.')
}

/** Refuses values that JSON would silently change; a BigInt is written with all its digits where the runtime can. */
function exact(key, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`it holds ${value}, which is no number in JSON`)
  if (typeof value === 'bigint' && 'rawJSON' in JSON) return /** @type {any} */ (JSON).rawJSON(String(value))
  if (HALF.test(key) || (typeof value === 'string' && HALF.test(value))) throw new Error('it holds half of a character, a lone surrogate')
  return value
}

const refused = (field, sentence) => new Refused(422, { code: 'invalid', detail: `${field}: ${sentence}`, fields: { [field]: sentence } })
