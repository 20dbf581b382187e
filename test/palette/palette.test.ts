import { describe, expect, test } from 'vitest'
import { claim } from '../../src/leases/claim.ts'
import type { Choice } from '../../src/palette/palette.ts'
import { find } from '../../src/palette/palette.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { tagsIn } from '../views/markup.ts'

const PLACES = [
  { name: 'home', title: 'Home', href: '/home' },
  { name: 'tasks', title: 'Tasks', href: '/tasks' },
  { name: 'queues', title: 'Queues', href: '/queues' },
  { name: 'tasks', title: 'My failures', href: '/tasks?state=failed', isView: true },
]

const ask = (app: TestApp, q: string, { at = '/home', mayAct = true, places = PLACES } = {}) =>
  find(app.db, q, { at, now: app.time.now(), zone: 'UTC', may: (action) => mayAct || action === 'read', places })
const titles = async (app: TestApp, q: string, name: string, some = {}) => {
  const { sections } = await ask(app, q, some)
  return sections.find((section) => section.name === name)?.choices.map(({ title }: Choice) => title) ?? []
}
const newTask = (app: TestApp, some: object) => app.json('/api/tasks', { command: 'true', ...some })

describe('the palette', () => {
  test('offers commands and pages before anything is typed', async () => {
    const app = await testApp()
    const { sections } = await ask(app, '')
    expect(sections.map(({ name }) => name)).toEqual(['do', 'go'])
    expect(await titles(app, '', 'go')).toEqual(['Home', 'Tasks', 'Queues', 'My failures'])
  })

  test('finds pages and saved views by part of their name, prefixes first', async () => {
    const app = await testApp()
    expect(await titles(app, 'MY fail', 'go')).toEqual(['My failures'])
    expect((await ask(app, 'tas')).sections[0]).toMatchObject({ name: 'go', choices: [{ title: 'Tasks', key: 'g t' }] })
  })

  test.each(['t_2', '2', '#2', 'T_2'])('%s finds the task itself', async (q) => {
    const app = await testApp()
    await newTask(app, { title: 'first' })
    await newTask(app, { title: 'second' })
    expect((await ask(app, q)).sections[0]).toMatchObject({ name: 'tasks', total: 1, choices: [{ title: 'second', href: '/tasks/t_2' }] })
  })

  test('finds tasks by words and qualifiers, at most eight, and shows how many there are', async () => {
    const app = await testApp()
    for (let i = 0; i < 12; i++) await newTask(app, { title: `Send letter ${i}`, queue: 'mail' })
    await newTask(app, { title: 'Build' })
    const [tasks] = (await ask(app, 'letter')).sections
    expect(tasks).toMatchObject({ name: 'tasks', total: 12, capped: false })
    expect(tasks?.choices).toHaveLength(8)
    expect(tasks?.choices.at(-1)).toMatchObject({ title: 'Show all that match', href: '/tasks?q=letter' })
    expect(await titles(app, '-queue:mail', 'tasks')).toEqual(['Build'])
    expect(await titles(app, 'no:such "thing', 'tasks')).toEqual([])
  })

  test('finds workers and queues by name, of any letters', async () => {
    const app = await testApp()
    await app.json('/api/workers', { name: '100% Ana', queues: ['*'] })
    await newTask(app, { queue: 'mail.out' })
    expect(await titles(app, 'ana', 'workers')).toEqual(['100% Ana'])
    expect(await titles(app, 'w_1', 'workers')).toEqual(['100% Ana'])
    expect((await ask(app, 'mail.o')).sections.at(-1)).toMatchObject({ name: 'queues', choices: [{ title: 'mail.out', href: '/queues/mail.out' }] })
    const places = PLACES.filter(({ name }) => name !== 'queues')
    expect((await ask(app, 'mail.o', { places })).sections.at(-1)).toMatchObject({ choices: [{ href: '/tasks?q=queue%3Amail.out' }] })
  })

  test('offers the actions of the current page’s task', async () => {
    const app = await testApp()
    const does = async () => (await titles(app, 'task', 'do', { at: '/tasks/t_1' })).filter((title) => title !== 'New task')
    await newTask(app, {})
    expect(await does()).toEqual(['Cancel this task', 'Delete this task'])
    await app.json('/api/tasks/t_1/cancel', { grace: 1 })
    expect(await titles(app, 'undo', 'do', { at: '/tasks/t_1' })).toEqual(['Undo: do not cancel this task'])
    await app.json('/api/tasks/t_1/undo', {})
    const worker = (await app.json('/api/workers', { name: 'w', queues: ['*'] })).body.item.id
    await claim(app, owner, { worker_id: worker, wait_s: 0 })
    expect(await does()).toEqual(['Cancel this task'])
    expect(await titles(app, 'worker', 'do', { at: '/workers/w_1' })).toEqual(['Drain this worker', 'Stop this worker'])
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
