import { integer, maybe, orNull, text, words } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

export const events = {
  stateChanged: kind(
    'queue.state_changed',
    'a queue was paused, or resumed',
    { queue: text, state: words('paused', 'open'), reason: text, until: maybe(text) },
    { sentence: ({ state, reason }, queue) => (state === 'paused' ? `${queue} was paused: ${reason}` : `${queue} was ${reason}`) },
  ),
  limitsChanged: kind(
    'queue.limits_changed',
    'the limits of a queue were set or removed',
    { queue: text, concurrency: orNull(integer), rate: orNull(text) },
    { sentence: ({ concurrency, rate }, queue) => `${queue} now has ${limitsInWords(concurrency, rate)}` },
  ),
}

function limitsInWords(concurrency: unknown, rate: unknown): string {
  const limits = [typeof concurrency === 'number' && `at most ${concurrency} running`, typeof rate === 'string' && `a rate of ${rate}`].filter(Boolean)
  return limits.join(' and ') || 'no limits'
}
