import { bool, maybe, text } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

export const events = {
  healthChanged: kind(
    'component.health_changed',
    'a component became available or unavailable; on transition only',
    { component_id: text, available: bool, reason: text, state: maybe(text) },
    { sentence: ({ component_id, available, reason }) => `${component_id} is ${available ? 'available' : 'not available'}: ${reason}` },
  ),
}
