import { describe, expect, test } from 'vitest'
import { find } from '../../../src/http/palette/palette.ts'
import { claim } from '../../../src/leases/claim.ts'
import { owner, type TestApp, testApp } from '../../support/app.ts'
import { tagsIn } from '../../views/markup.ts'
import { operator } from '../../views/samples.ts'

const ask = (app: TestApp, q: string, { at = '/home', mayAct = true } = {}) =>
  find(app.db, app.slices, q, { at, viewer: { ...operator, now: app.time.now(), zone: 'UTC', may: (action) => mayAct || action === 'read' } })
const titles = async (app: TestApp, q: string, name: string, some = {}) => {
  const { sections } = await ask(app, q, some)
  return sections.find(({ title }) => title === name)?.choices.map(({ title }) => title) ?? []
}
const saveView = (app: TestApp) => app.json('/api/tasks/views', { name: 'My failures', search: 'state=failed' })
const newTask = (app: TestApp, some: object) => app.json('/api/tasks', { command: 'true', ...some })

describe('the palette', () => {
  test('offers commands and pages before anything is typed', async () => {
    const app = await testApp()
    const { sections } = await ask(app, '')
    expect(sections.map(({ title }) => title)).toEqual(['Do', 'Go to'])
    expect(await titles(app, '', 'Go to')).toEqual([...app.slices.map(({ title }) => title), 'API'])
  })

  test('finds pages and saved views by part of their name, prefixes first', async () => {
    const app = await testApp()
    await saveView(app)
    expect(await titles(app, 'MY fail', 'Go to')).toEqual(['My failures'])
    expect((await ask(app, 'tas')).sections[0]).toMatchObject({ title: 'Go to', choices: [{ title: 'Tasks', key: 'g t' }] })
  })

  test.each(['t_2', '2', '#2', 'T_2'])('%s finds the task itself', async (q) => {
    const app = await testApp()
    await newTask(app, { title: 'first' })
    await newTask(app, { title: 'second' })
    expect((await ask(app, q)).sections[0]).toMatchObject({ title: 'Tasks', total: 1, choices: [{ title: 'second', href: '/tasks/t_2' }] })
  })

  test('finds tasks by words and qualifiers, at most eight, and shows how many there are', async () => {
    const app = await testApp()
    for (let i = 0; i < 12; i++) await newTask(app, { title: `Send letter ${i}`, queue: 'mail' })
    await newTask(app, { title: 'Build' })
    const [tasks] = (await ask(app, 'letter')).sections
    expect(tasks).toMatchObject({ title: 'Tasks', total: 12, capped: false })
    expect(tasks?.choices).toHaveLength(8)
    expect(tasks?.choices.at(-1)).toMatchObject({ title: 'Show all that match', href: '/tasks?q=letter' })
    expect(await titles(app, '-queue:mail', 'Tasks')).toEqual(['Build'])
    expect(await titles(app, 'no:such "thing', 'Tasks')).toEqual([])
  })

  test('finds workers and queues by name, of any letters', async () => {
    const app = await testApp()
    await app.json('/api/workers', { name: '100% Ana', queues: ['*'] })
    await newTask(app, { queue: 'mail.out' })
    expect(await titles(app, 'ana', 'Workers')).toEqual(['100% Ana'])
    expect(await titles(app, 'w_1', 'Workers')).toEqual(['100% Ana'])
    expect(await titles(app, '0% a', 'Workers')).toEqual(['100% Ana'])
    expect(await titles(app, '0_ a', 'Workers')).toEqual([])
    expect((await ask(app, 'mail.o')).sections.at(-1)).toMatchObject({ title: 'Queues', choices: [{ title: 'mail.out', href: '/queues/mail.out' }] })
  })

  test('offers the actions of the current page’s task', async () => {
    const app = await testApp()
    const does = async () => (await titles(app, 'task', 'Do', { at: '/tasks/t_1' })).filter((title) => title !== 'New task')
    await newTask(app, {})
    expect(await does()).toEqual(['Cancel this task', 'Delete this task'])
    await app.json('/api/tasks/t_1/cancel', { grace: 1 })
    expect(await titles(app, 'undo', 'Do', { at: '/tasks/t_1' })).toEqual(['Undo: do not cancel this task'])
    await app.json('/api/tasks/t_1/undo', {})
    const worker = (await app.json('/api/workers', { name: 'w', queues: ['*'] })).body.item.id
    await claim(app, owner, { worker_id: worker, wait_s: 0 })
    expect(await does()).toEqual(['Cancel this task'])
    expect(await titles(app, 'worker', 'Do', { at: '/workers/w_1' })).toEqual(['Drain this worker', 'Stop this worker'])
  })

  test('offers no change to a viewer', async () => {
    const app = await testApp()
    await newTask(app, {})
    const { sections } = await ask(app, '', { at: '/tasks/t_1', mayAct: false })
    expect(sections.flatMap(({ choices }) => choices).filter(({ post, title }) => post || title === 'New task')).toEqual([])
  })
})

describe('its routes', () => {
  test('answer a list of options, each with an id and one way to take it', async () => {
    const app = await testApp()
    await newTask(app, { title: '<img src=x>' })
    const html = await (await app.ask('/ui/palette?q=img&at=/tasks/t_1?from=x')).text()
    const options = tagsIn(html).filter(({ attributes }) => attributes.get('role') === 'option')
    expect(options.map(({ attributes }) => attributes.get('href'))).toEqual(['/tasks/t_1'])
    const offered = tagsIn(await (await app.ask('/ui/palette?at=/tasks/t_1')).text()).filter(({ attributes }) => attributes.get('role') === 'option')
    const ids = offered.map(({ attributes }) => attributes.get('id'))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of offered) expect(['href', 'hx-post', 'data-press'].filter((way) => attributes.has(way))).toHaveLength(1)
  })

  test('answer a page of links and forms where there is no script', async () => {
    const app = await testApp()
    await newTask(app, {})
    const html = await (await app.ask('/palette?at=/tasks/t_1', { headers: { accept: 'text/html' } })).text()
    expect(html).toContain('action="/api/tasks/t_1/cancel"')
    expect(html).toContain('name="grace" value="1"')
    const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    expect(main).not.toMatch(/data-press|role="option"/)
  })

  test('name the text without results', async () => {
    const app = await testApp()
    expect(await (await app.ask('/ui/palette?q=nowhere')).text()).toContain('No results for “nowhere”.')
  })
})
