import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../accessibility/access.ts'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()

const GREET = 'title: Greet somebody\nargv: [echo, "{words} to {name}"]\nqueue: talk\nparams:\n  words: { required: true }\n  name: { default: you }\n'

const focused = ({ page }: Dashboard) => page.evaluate<string>('document.activeElement.name ?? ""')
const field = ({ page }: Dashboard, name: string) => page.locator(`#sheet [name="${name}"]`)
const newest = async () => (await server.api('GET', '/api/tasks?limit=1')).json.items[0]

beforeAll(async () => {
  mkdirSync(join(server.data, 'task-types'))
  writeFileSync(join(server.data, 'task-types', 'greet.yaml'), GREET)
  await server.api('POST', '/api/secrets', { name: 'NPM_TOKEN', value: 'never shown' })
  for (let i = 1; i <= 60; i++) await server.newTask({ title: `listed ${i}`, queue: 'listed' })
})

describe('the sheet', () => {
  for (const path of ['/home', '/tasks', '/tasks/t_1', '/workers', '/queues', '/events', '/hub', '/settings', '/settings/design', '/api']) {
    test(`opens by c on ${path}, with the focus on the command; Ctrl+Enter creates, and the page says so`, async () => {
      const reader = await open(path)
      await reader.page.keyboard.press('c')
      await eventually(() => focused(reader)).toBe('command')
      await reader.page.keyboard.type(`echo from ${path}`)
      await reader.page.keyboard.press('Control+Enter')
      await eventually(() => reader.page.locator('[data-toasts]').textContent()).toContain(`Created “echo from ${path}”.`)
      await eventually(() => reader.newTaskIsOpen()).toBe(false)
      expect((await newest()).command).toBe(`echo from ${path}`)
    })
  }

  test('lies over the right, and leaves the list live, where it was, and without a scrim', async () => {
    const reader = await open()
    await reader.page.evaluate('scrollTo(0, 150)')
    const places = () =>
      reader.page
        .locator('#tasks tr, .topbar, .sidebar')
        .evaluateAll((all) => all.map((each) => `${each.className || each.id} ${each.getBoundingClientRect().top}`))
    const before = await places()
    await reader.page.keyboard.press('c')
    await eventually(() => focused(reader)).toBe('command')
    expect(await places()).toEqual(before)
    expect(await reader.page.locator('#sheet').evaluate((sheet) => [sheet.clientWidth + 1, sheet.clientHeight])).toEqual([
      480,
      await reader.page.evaluate('innerHeight'),
    ])
    await reader.page.evaluate('scrollTo(0, 0)')
    await server.newTask({ title: 'came meanwhile' })
    await eventually(() => reader.titles()).toContain('came meanwhile')
    await eventually(() => reader.newTaskIsOpen()).toBe(true)
  })

  test('fills a phone', async () => {
    const { page } = await open('/tasks', { viewport: { width: 390, height: 844 } })
    await page.locator('.topbar-new').click()
    await page.locator('#sheet #task-form').waitFor()
    expect(await page.locator('#sheet').evaluate((sheet) => [sheet.getBoundingClientRect().top, sheet.clientHeight])).toEqual([0, 844])
    const foot = await page.locator('#sheet .sheet-foot').evaluate((it) => it.getBoundingClientRect().bottom)
    expect(foot).toBeLessThanOrEqual(844)
  })

  test('closes by Escape, and returns the focus; it asks first if something was typed', async () => {
    const reader = await open()
    const asked: string[] = []
    let answer = false
    reader.page.on('dialog', (dialog) => {
      asked.push(dialog.message())
      return answer ? dialog.accept() : dialog.dismiss()
    })
    await reader.page.locator('.topbar-new').focus()
    await reader.page.keyboard.press('Enter')
    await eventually(() => focused(reader)).toBe('command')
    await reader.page.keyboard.press('Escape')
    await eventually(() => reader.newTaskIsOpen()).toBe(false)
    await eventually(() => reader.page.evaluate('document.activeElement.className')).toContain('topbar-new')
    expect(asked).toEqual([])

    await reader.page.keyboard.press('c')
    await eventually(() => focused(reader)).toBe('command')
    await reader.page.keyboard.type('half a command')
    await reader.page.keyboard.press('Escape')
    await eventually(() => asked.length).toBe(1)
    await eventually(() => field(reader, 'command').inputValue()).toBe('half a command')
    answer = true
    await reader.page.keyboard.press('Escape')
    await eventually(() => reader.newTaskIsOpen()).toBe(false)
  })

  test('has no accessibility fault, also with all options, in either theme', async () => {
    const { page } = await open()
    await page.keyboard.press('c')
    await page.locator('#sheet #task-form').waitFor()
    await page.getByText('More options').click()
    await page.locator('#sheet summary', { hasText: 'Choose a type' }).click()
    expect(await faultsOf(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await faultsOf(page, 'of colours')).toEqual([])
  })

  test('stays for another task', async () => {
    const reader = await open()
    await reader.openNewTask()
    await reader.page.getByLabel('Create another').check()
    for (const title of ['one of two', 'two of two']) {
      await reader.sendNewTask({ title, command: 'true' })
      await eventually(() => reader.page.locator('#sheet [data-created]').textContent()).toContain(title)
      await eventually(() => field(reader, 'command').inputValue()).toBe('')
    }
    await eventually(() => focused(reader)).toBe('command')
  })

  test('keeps More options open after a refusal, on the next page, and until they are closed', async () => {
    const reader = await open()
    const more = () => reader.page.locator('#sheet details.more').evaluate((details) => (details as unknown as { open: boolean }).open)
    await reader.openNewTask()
    expect(await more()).toBe(false)
    await reader.page.getByText('More options').click()
    await reader.sendNewTask({ title: 'a'.repeat(300), command: 'true' })
    await reader.page.locator('#sheet .field-problem').waitFor()
    expect(await more()).toBe(true)
    await reader.page.goto(`${server.url}/workers`)
    await reader.isLive()
    await reader.openNewTask()
    expect(await more()).toBe(true)
    await reader.page.getByText('More options').click()
    await reader.page.reload()
    await reader.isLive()
    await reader.openNewTask()
    expect(await more()).toBe(false)
  })

  test('is opened from the palette on any page', async () => {
    const reader = await open('/hub')
    await reader.page.keyboard.press('Control+k')
    await reader.page.keyboard.type('new task')
    await reader.page.locator('#palette [aria-selected=true]', { hasText: 'New task' }).waitFor()
    await reader.page.keyboard.press('Enter')
    await eventually(() => focused(reader)).toBe('command')
    expect(new URL(reader.page.url()).pathname).toBe('/hub')
  })

  test('begins with the queue that the list shows', async () => {
    const reader = await open('/tasks?q=queue:listed')
    await reader.openNewTask()
    await eventually(() => field(reader, 'queue').inputValue()).toBe('listed')
  })
})

describe('the form', () => {
  test('of a type has its parameters, a folder and variables; a secret is chosen from the known names', async () => {
    const reader = await open()
    await reader.openNewTask()
    await reader.page.locator('#sheet summary', { hasText: 'Choose a type' }).click()
    await reader.page.locator('#sheet a', { hasText: 'Greet somebody' }).click()
    await eventually(() => focused(reader)).toBe('params.words')
    await field(reader, 'params.words').fill('hello')
    await reader.page.getByText('More options').click()
    await field(reader, 'cwd').fill('/tmp')
    await field(reader, 'env').fill('A=one\nB=two')
    await field(reader, 'secret_1').selectOption('NPM_TOKEN')
    await field(reader, 'secret_1_as').fill('TOKEN')
    await field(reader, 'secret_2').selectOption('NPM_TOKEN')
    await reader.page.getByRole('button', { name: 'Create task' }).click()
    await eventually(() => reader.newTaskIsOpen()).toBe(false)
    const expected = { A: 'one', B: 'two', TOKEN: 'secret:NPM_TOKEN', NPM_TOKEN: 'secret:NPM_TOKEN' }
    expect(await newest()).toMatchObject({ type: 'greet', queue: 'talk', argv: ['echo', 'hello to you'], cwd: '/tmp', env: expected })
  })

  test('is filled by Duplicate, and by Edit and run again', async () => {
    const [last, typed] = [
      await server.api('POST', '/api/tasks', {
        title: 'as before',
        command: 'echo a\necho b',
        queue: 'q',
        cwd: '/tmp',
        env: { A: '1', T: 'secret:NPM_TOKEN' },
        retries: 2,
      }),
      await server.api('POST', '/api/tasks', { type: 'greet', params: { words: 'good morning', name: 'Ana' } }),
    ].map(({ json }) => json.item.id as string)
    await server.api('POST', `/api/tasks/${typed}/cancel`)
    const reader = await open()
    await reader
      .row(last as string)
      .locator('details.menu > summary')
      .click()
    await reader
      .row(last as string)
      .getByRole('link', { name: 'Duplicate' })
      .click()
    await eventually(() => focused(reader)).toBe('command')
    const values = (...names: string[]) => Promise.all(names.map((name) => field(reader, name).inputValue()))
    expect(await values('command', 'title', 'queue', 'cwd', 'env', 'retries', 'secret_1', 'secret_1_as')).toEqual([
      'echo a\necho b',
      'as before',
      'q',
      '/tmp',
      'A=1',
      '2',
      'NPM_TOKEN',
      'T',
    ])
    await reader.page.keyboard.press('Escape')
    await reader
      .row(typed as string)
      .locator('details.menu > summary')
      .click()
    await reader
      .row(typed as string)
      .getByRole('link', { name: 'Edit and run again' })
      .click()
    await eventually(() => focused(reader)).toBe('params.words')
    expect(await values('params.words', 'params.name')).toEqual(['good morning', 'Ana'])
  })

  for (const script of [true, false]) {
    test(`as a page answers with the created task and a link, ${script ? 'with' : 'without'} JavaScript, for a type too`, async () => {
      const reader = await open()
      const context = reader.page.context()
      const page = script
        ? reader.page
        : await (await context.browser()?.newContext({ javaScriptEnabled: false, storageState: await context.storageState() }))?.newPage()
      if (!page) throw new Error('no browser')
      await page.goto(`${server.url}/tasks/new`)
      await page.locator('#task-form [name=command]').fill('echo paged')
      await page.getByRole('button', { name: 'Create task' }).click()
      await page.locator('[data-created]', { hasText: 'echo paged' }).waitFor()
      expect(new URL(page.url()).pathname).toBe('/tasks/new')
      const { id } = await newest()
      expect(await page.locator('[data-created] a').getAttribute('href')).toBe(`/tasks/${id}`)

      await page.goto(`${server.url}/tasks/new?type=greet`)
      await page.locator('#task-form [name="params.words"]').fill('welcome')
      await page.getByRole('button', { name: 'Create task' }).click()
      await page.locator('[data-created]', { hasText: 'Greet somebody' }).waitFor()
      expect((await newest()).argv).toEqual(['echo', 'welcome to you'])
      if (!script) await page.context().close()
    })
  }
})
