import { expect, test } from 'vitest'
import { form, testApp } from '../support/app.ts'

const TIME = 'Write a time such as 2026-11-21T10:30, or 2026-11-21T10:30Z for UTC.'
const NEEDED = 'This is required.'

test.each([
  ['run_at', 'tomorrow', TIME],
  ['retries', 'x', 'This must be a whole number.'],
  ['retries', '1.5', 'This must be a whole number.'],
  ['retries', '21', 'At most 20.'],
  ['timeout_s', '0', 'At least 1.'],
  ['urgency', 'now', 'One of low, medium, high.'],
  ['idempotent', 'perhaps', 'This must be true or false.'],
  ['params', 'x=1', 'This must be a JSON object.'],
  ['params', '[1]', 'This must be a JSON object.'],
  ['title', ' ', 'This must not be empty.'],
  ['title', 'x'.repeat(201), 'At most 200 characters.'],
  ['queue', 'a b', 'A queue name has 1 to 64 letters, digits, dots, dashes and underscores, and starts with a letter or digit.'],
  ['colour', 'red', 'Unknown field.'],
])('a form with %s=%s gets an error that says what is valid', async (name, value, sentence) => {
  const app = await testApp()
  const answer = await app.ask('/api/tasks', form({ command: 'true', [name]: value }))
  expect([answer.status, await answer.json()]).toMatchObject([422, { detail: `${name}: ${sentence}`, fields: { [name]: sentence } }])
})

test.each([
  [{ command: 5 }, { command: 'This must be text.' }],
  [{ argv: 'true' }, { argv: 'This must be a list.' }],
  [{ argv: [] }, { argv: 'This must not be empty.' }],
  [JSON.parse('{"command": "true", "__proto__": 1}'), JSON.parse('{"__proto__": "Unknown field."}')],
  [
    { command: 'true', retries: null, red: 1, blue: 2 },
    { red: 'Unknown field.', blue: 'Unknown field.' },
  ],
])('so is a program that sends %j', async (body, fields) => {
  const app = await testApp()
  expect((await app.json('/api/tasks', body)).body.fields).toMatchObject(fields)
})

test('an error that several fields share is reported once for all; different ones are reported for each', async () => {
  const app = await testApp()
  const claim = (await app.json('/api/tasks/t_1/run', {})).body
  expect([claim.detail, claim.fields]).toEqual([`worker_id, fence: ${NEEDED}`, { worker_id: NEEDED, fence: NEEDED }])
  const both = (await app.json('/api/tasks', { command: 'true', retries: 'x', run_at: 'soon' })).body
  expect([both.detail, both.fields]).toEqual(['2 fields are invalid: retries, run_at.', { retries: 'This must be a whole number.', run_at: TIME }])
})

test('a query and an event are refused in the same words', async () => {
  const app = await testApp()
  const query = async (path: string) => (await app.json(path, undefined, { headers: { accept: 'application/json' } })).body.detail
  expect(await query('/api/events?limit=x')).toBe('limit: This must be a whole number.')
  expect(await query('/api/events?order=up')).toBe('order: One of asc, desc.')
  const event = async (body: object) => (await app.json('/api/events', body)).body.detail
  expect(await event({ kind: 'task.deleted' })).toBe(`payload.task_id, payload.reason: ${NEEDED}`)
  expect(await event({ kind: 'task.deleted', payload: 'x' })).toBe('payload: This must be a JSON object.')
  expect(await event({ kind: 'task.status', payload: { task_id: 't_1', status: 'sleeps' } })).toBe(
    'payload.status: One of running, waiting-for-input, completed.',
  )
  expect(await event({ kind: 'backup.finished', at: '2026-11-21' })).toBe('at: Use a time such as 2026-11-21T10:30:00Z.')
  expect(await event({ kind: 'backup.finished', cause: 0 })).toBe('cause: More than 0.')
  expect(await event({ kind: 'Backup' })).toBe('kind: A kind must look like noun.past_participle.')
  expect(await app.logged()).toEqual([])
})

test('the example in an error is accepted', async () => {
  const app = await testApp()
  const answer = await app.ask('/api/tasks', form({ command: 'true', run_at: '2026-11-22T10:30Z' }))
  expect(((await answer.json()) as { item: Record<string, unknown> }).item.run_at).toBe('2026-11-22T10:30:00.000Z')
  expect((await app.json('/api/events', { kind: 'backup.finished', at: '2026-11-21T10:30:00Z' })).status).toBe(200)
})

test.each([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
])('a form with idempotent=%s means %s', async (said, meant) => {
  const app = await testApp()
  const answer = await app.ask('/api/tasks', form({ command: 'true', idempotent: said }))
  expect(((await answer.json()) as { item: Record<string, unknown> }).item.idempotent).toBe(meant)
})
