import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { form, type TestApp, testApp } from '../support/app.ts'

const page = async (app: TestApp, path: string) => (await app.ask(path, { headers: { accept: 'text/html' } })).text()
const fieldOf = (html: string, name: string) => new RegExp(`name="${name.replace('.', '\\.')}"[^>]* value="([^"]*)"`).exec(html)?.[1]

test('a form begins with the parameters of a task, unless its type would not give the same arguments', async () => {
  const app = await testApp()
  mkdirSync(join(app.config.data, 'task-types'))
  const put = (argv: string) =>
    writeFileSync(join(app.config.data, 'task-types', 'copy.yaml'), `argv: ${argv}\nparams:\n  from: { required: true }\n  to: { default: there }\n`)
  put('[cp, "{from}:{to}", "{from}"]')
  await app.json('/api/tasks', { type: 'copy', params: { from: 'a', to: 'b:c' } })
  const same = await page(app, '/tasks/new?like=t_1')
  expect([fieldOf(same, 'params.from'), fieldOf(same, 'params.to')]).toEqual(['a', 'b:c'])
  put('[cp, "-r", "{from}", "{to}"]')
  const changed = await page(app, '/tasks/new?like=t_1')
  expect([fieldOf(changed, 'params.from'), fieldOf(changed, 'params.to')]).toEqual(['', 'there'])
})

test('a form names the variables of a task that it cannot have', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', env: { A: 'one', KEY: 'two\nlines' } })
  const html = await page(app, '/tasks/new?like=t_1')
  expect(html).toContain('Left out, because a form has one line for each variable: KEY.')
  expect(html).toContain('>A=one</textarea>')
  expect((await app.ask('/tasks/new?like=t_9')).status).toBe(404)
})

test('the page of the form answers a plain form with the task that was created', async () => {
  const app = await testApp()
  const sent = await app.ask('/api/tasks', form({ command: 'echo <b>', secret_1: '', secret_1_as: 'X' }, { accept: 'text/html' }))
  expect([sent.status, sent.headers.get('location')]).toEqual([303, '/tasks/new?created=t_1'])
  expect(await page(app, '/tasks/new?created=t_1')).toMatch(/data-created="t_1".*<a href="\/tasks\/t_1".*>echo &lt;b><\/a>/s)
})
