import { z } from 'zod'
import { maybe, text } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

export const events = {
  changed: kind(
    'setting.changed',
    'a setting changed; never with the value of a secret',
    { setting_id: text, value: maybe(z.unknown()), author: text },
    {
      sentence({ setting_id, value }) {
        const view = /^view:(.*)/s.exec(String(setting_id))?.[1]
        if (view === undefined) return `${setting_id} was changed`
        return `the view “${view}” was ${value === undefined ? 'deleted' : 'saved'}`
      },
    },
  ),
}
