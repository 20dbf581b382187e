import { describe, expect, test } from 'vitest'
import { form, testApp } from '../support/app.ts'

const create = async (task: object) => (await testApp()).json('/api/tasks', { command: 'true', ...task })

describe('a new task', () => {
  test('runs in its worker’s folder, with no variables of its own, unless it says otherwise', async () => {
    expect((await create({})).body.item).toMatchObject({ cwd: null, env: {} })
    expect((await create({ cwd: '/srv/shop', env: { A: '1' } })).body.item).toMatchObject({ cwd: '/srv/shop', env: { A: '1' } })
  })

  test('takes variables from a form as lines, whose values keep their equals signs and spaces', async () => {
    const app = await testApp()
    const env = 'A=1\r\n\r\nURL=http://x/?a=b\nEMPTY=\nNOTE= two words '
    await app.ask('/api/tasks', {
      ...form({ command: 'true', env, cwd: '' }),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    })
    const { body } = await app.json('/api/tasks/t_1')
    expect(body.item).toMatchObject({ cwd: null, env: { A: '1', URL: 'http://x/?a=b', EMPTY: '', NOTE: ' two words ' } })
  })
})

describe('is refused, by field:', () => {
  test.each([
    ['a folder without its whole path', { cwd: 'shop' }, 'cwd', /whole path/],
    ['a folder with a NUL', { cwd: '/a\0b' }, 'cwd', /NUL/],
    ['a name with a dash', { env: { 'A-B': '1' } }, 'env', /letters, digits and underscores/],
    ['a name that begins with a digit', { env: { '1A': '1' } }, 'env', /letters, digits and underscores/],
    ['a name of ours', { env: { TELLTALE_TASK_ID: 't_9' } }, 'env', /set by Telltale/],
    ['a value with a NUL', { env: { A: 'a\0b' } }, 'env', /NUL/],
    ['more than 200 variables', { env: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`A${i}`, ''])) }, 'env', /at most 200/],
    ['more than 32 KiB of variables', { env: { A: 'x'.repeat(20_000), B: 'x'.repeat(20_000) } }, 'env', /32 KiB/],
  ])('%s', async (_, task, field, sentence) => {
    const { status, body } = await create(task)
    expect(status).toBe(422)
    const [[at, message]] = Object.entries(body.fields) as [[string, string]]
    expect([at.split('.')[0], message]).toEqual([field, expect.stringMatching(sentence)])
  })

  test('the largest is taken', async () => {
    const env = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`A${i}`, 'x'.repeat(100)]))
    expect((await create({ env, cwd: `/${'x'.repeat(4000)}` })).status).toBe(201)
  })
})
