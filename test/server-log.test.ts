import { expect, test } from 'vitest'

import { printable } from '../src/input/printable.ts'
import { serverLog } from '../src/server-log.ts'

const FORGED = '/\u001b]0;X\u0007\n2026-11-30T12:00:00.000Z 201 POST /api/tokens 1.0 ms owner\u009b1m\u2028\u202egpj'
const RAW = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

function written(format: 'text' | 'json') {
  const lines: string[] = []
  return { lines, log: serverLog(format, { lost: 0, write: (line) => void lines.push(line) }) }
}

test('a character that controls a terminal is escaped, and every other is kept', () => {
  expect(printable('\u001b[2J\u0085\u007f\u2029\u2066')).toBe('\\u001b[2J\\u0085\\u007f\\u2029\\u2066')
  expect(printable('Größe 猫 👩‍💻 \\ "quoted"')).toBe('Größe 猫 👩‍💻 \\ "quoted"')
})

test.each(['path', 'actor', 'method'] as const)('a forged %s stays on the line of its request', (field) => {
  const request = { method: 'GET', path: '/', status: 404, ms: 1, actor: 'owner', id: 'a1', [field]: FORGED }
  for (const format of ['text', 'json'] as const) {
    const { lines, log } = written(format)
    log.request(request)
    expect(lines).toEqual([expect.not.stringMatching(RAW)])
    if (format === 'json') expect(JSON.parse(lines[0] as string)[field]).toBe(FORGED)
  }
})

test('a message of any other entry stays on its line too', () => {
  const { lines, log } = written('text')
  log.info(FORGED)
  expect(lines).toEqual([expect.not.stringMatching(RAW)])
})

test('an error keeps the lines of its stack, of which none can pass for an entry', () => {
  const { lines, log } = written('text')
  log.error(FORGED, new Error(FORGED))
  const [first, ...rest] = (lines[0] as string).split('\n')
  expect(first).toMatch(/^\d{4}-.*Error/)
  expect(rest.length).toBeGreaterThan(1)
  for (const line of rest) expect(line).toMatch(/^ {4}/)
  expect(lines[0]?.replaceAll('\n', '')).not.toMatch(RAW)
})
