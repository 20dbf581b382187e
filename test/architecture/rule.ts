import { describe, expect, test } from 'vitest'
import { parse, repository, type Source } from './sources.ts'

/** A file or more that somebody might write, by path: the rule must reject them, or else it looks at nothing. */
type Control = Record<string, string>

/** A sentence about the sources. `offenders` names what contradicts it. */
export function rule(sentence: string, offenders: (sources: readonly Source[]) => readonly string[], ...controls: [Control, ...Control[]]) {
  describe(sentence, () => {
    test('holds', () => expect(offenders(repository)).toEqual([]))

    test.each(controls.map((control) => [shown(control), control] as const))('rejects %s', (_, control) => {
      const sources = Object.entries(control).map(([path, text]) => parse(path, text))
      expect(offenders(sources)).not.toEqual([])
    })
  })
}

const shown = (control: Control) => (Object.entries(control)[0] ?? []).join(': ').split('\n')[0]
