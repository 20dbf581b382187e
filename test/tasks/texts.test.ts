import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { form, testApp } from '../support/app.ts'

const NUL = 'This must not contain a NUL character or half of a surrogate pair.'
const CONTROL = 'This must be one line without control characters.'
const QUEUE = 'A queue name has 1 to 64 letters, digits, dots, dashes and underscores, and starts with a letter or digit'

describe('a text that becomes an argument, a variable or a path', () => {
  test.each([
    ['command', { command: 'echo a\0b' }, NUL],
    ['command', { command: 'echo \ud800' }, NUL],
    ['argv', { argv: ['', 'a'] }, 'The program name is empty.'],
    ['argv.1', { argv: ['echo', 'a\0b'] }, NUL],
    ['description', { command: 'true', description: 'a\0b' }, NUL],
    ['contract', { command: 'true', contract: 'a\0b' }, NUL],
    ['title', { command: 'true', title: 'a\0b' }, CONTROL],
    ['title', { command: 'true', title: 'a\u001b[31mb' }, CONTROL],
    ['title', { command: 'true', title: 'a\u009b31mb' }, CONTROL],
    ['title', { command: 'true', title: 'a\u202eb' }, CONTROL],
    ['title', { command: 'true', title: 'a\nb' }, CONTROL],
    ['project', { command: 'true', project: 'a\0b' }, CONTROL],
    ['unique_key', { command: 'true', unique_key: 'a\u2028b' }, CONTROL],
    ['queue', { command: 'true', queue: 'a\0b' }, `${QUEUE}.`],
    ['type', { type: 'a\0b' }, CONTROL],
  ])('is refused as %s of %j', async (field, body, sentence) => {
    const app = await testApp()
    expect(await app.json('/api/tasks', body)).toMatchObject({ status: 422, body: { fields: { [field]: sentence } } })
    expect(await app.logged()).toEqual([])
  })

  test('is refused as a parameter of a type, and in the arguments of its file', async () => {
    const app = await testApp()
    mkdirSync(join(app.config.data, 'task-types'))
    writeFileSync(join(app.config.data, 'task-types', 'greet.yaml'), "argv: ['echo', '{name}']\nparams:\n  name: {}\n")
    writeFileSync(join(app.config.data, 'task-types', 'broken.yaml'), 'argv: ["echo", "a\\0b"]\n')
    const greet = (name: string) => app.json('/api/tasks', { type: 'greet', params: { name } })
    expect(await greet('a\0b')).toMatchObject({ status: 422, body: { fields: { 'params.name': NUL } } })
    expect((await greet('ana')).status).toBe(201)
    expect((await app.json('/api/tasks', { type: 'broken' })).body.detail).toContain(NUL)
  })

  test('is accepted with everything else that people write', async () => {
    const app = await testApp()
    const body = { title: 'Büro — 数 👩‍💻 شركة', command: 'printf "a\tb\u001b[0m"\r\n# done', description: 'one\n\ttwo', project: 'ü' }
    expect(await app.json('/api/tasks', body)).toMatchObject({ status: 201, body: { item: body } })
  })
})

test.each([
  ['\u001b[31mred\tline\nsecond', '[31mred line'],
  ['\t\u0007\nsecond', 'second'],
  ['\u0001', 'Untitled task'],
])('a task without a title is named after the first line of %j that has anything to show', async (command, title) => {
  const app = await testApp()
  expect((await app.json('/api/tasks', { command })).body.item.title).toBe(title)
})

describe('every list that a client sends is limited', () => {
  const many = (one: string, most: number) => Array.from({ length: most }, () => one)

  test.each([
    ['/api/workers', { name: 'far', queues: many('q', 51) }, 'queues', 'At most 50 entries.'],
    ['/api/workers', { name: 'far', queues: ['a b'] }, 'queues.0', `${QUEUE}; * means all queues.`],
    ['/api/tasks/claim', { worker_id: 'w_1', queues: many('q', 51) }, 'queues', 'At most 50 entries.'],
    ['/api/tasks/claim', { worker_id: 'w_1', queues: ['../x'] }, 'queues.0', `${QUEUE}; * means all queues.`],
    ['/api/tasks/claim', { worker_id: 'ana', queues: ['q'] }, 'worker_id', 'A worker id looks like w_3.'],
    ['/api/tasks', { argv: many('a', 1001) }, 'argv', 'At most 1000 entries.'],
    ['/api/tasks/bulk', { verb: 'cancel', id: many('t_1', 1001) }, 'id', 'At most 1000 entries.'],
  ])('%s with %j', async (path, body, field, sentence) => {
    const app = await testApp()
    await app.json('/api/workers', { name: 'far', queues: ['q'] })
    expect(await app.json(path, body)).toMatchObject({ status: 422, body: { fields: { [field]: sentence } } })
  })

  test('the control: as many as are allowed', async () => {
    const app = await testApp()
    expect((await app.json('/api/workers', { name: 'far', queues: many('q', 50) })).status).toBe(201)
    expect((await app.json('/api/tasks/claim', { worker_id: 'w_1', queues: many('q', 50) })).status).toBe(204)
    expect((await app.ask('/api/workers/launch', form({ name: 'a\u0007b' }))).status).toBe(422)
  })
})
