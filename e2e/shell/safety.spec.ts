import { expect, test } from 'vitest'
import { eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const HOSTILE = `<img src=x onerror="window.owned=1"><button hx-post="/api/tasks" hx-trigger="load">x</button><script>window.owned=1</script>`

const { server, open } = setUp({ workers: 1 })

test('the output of a task is text, on every page, at load and after a live change', async () => {
  const id = await server.newTask({ title: HOSTILE, command: `echo '${HOSTILE.replaceAll("'", '')}'; exit 3`, description: HOSTILE })
  for (const path of ['/tasks', `/tasks/${id}`, '/workers']) {
    const reader = await open(path)
    const next = await server.newTask({ title: HOSTILE, command: 'true' })
    if (path === '/tasks') await reader.row(next).waitFor()
    if (path.endsWith(id)) await eventually(() => reader.page.locator('log-view .log').textContent()).toContain('onerror')
    await eventually(() => server.stateOf(next)).toBe('succeeded')
    await reader.settled(/\/ui\//)
    await eventually(() => reader.page.evaluate('window.owned')).toBeUndefined()
    await eventually(() => reader.page.locator('#tasks img, log-view img').count()).toBe(0)
    expect(reader.asked(/./, 'POST')).toBeLessThanOrEqual(1) // the sign-in itself
  }
})

test('markup with a script is not shown, but its text is', async () => {
  const reader = await open()
  const show = (html: string) =>
    reader.page.evaluate((text) => {
      // biome-ignore lint/suspicious/noExplicitAny: runs in the page, where the DOM is.
      const element = (globalThis as any).document.createElement('div')
      try {
        element.innerHTML = text
        return element.textContent as string
      } catch (error) {
        return (error as Error).name
      }
    }, html)
  expect(await show('<b>innocent</b> onclick= here')).toBe('innocent onclick= here')
  expect(await show('<svg><a href=x onclick=alert(1)>x</a></svg>')).toBe('TypeError')
  expect(await show('<template><script>1</script></template>')).toBe('TypeError')
  // The attempt is reported on the console, which every test checks.
  expect(reader.faults.splice(0)).toEqual([expect.stringContaining('Content Security Policy')])
})

test('a worker from anywhere but our own assets is not started', async () => {
  const reader = await open()
  const start = (url: string) =>
    reader.page.evaluate((from) => {
      try {
        // biome-ignore lint/suspicious/noExplicitAny: runs in the page, where the DOM is.
        ;new (globalThis as any).SharedWorker(from, { type: 'module' })
        return 'started'
      } catch (error) {
        return (error as Error).name
      }
    }, url)
  const build = await reader.page.locator('meta[name=build]').getAttribute('content')
  expect(await start(`/assets/${build}/js/live-worker.js`)).toBe('started')
  for (const url of ['data:text/javascript,', '/api/events', `/assets/${build}/js/sign-in.js`, `//elsewhere/assets/${build}/js/live-worker.js`]) {
    expect(await start(url)).toBe('TypeError')
  }
})

test('a script that fails to start is reported, and does not keep the others from starting', async () => {
  const reader = await open()
  await reader.page.addInitScript(`(() => {
    const { define } = customElements
    customElements.define = function (name, ...of) {
      if (name === 'copy-button') throw new Error(name + ' cannot start')
      define.call(this, name, ...of)
    }
  })()`)
  await reader.page.reload()
  await reader.isLive()
  const defined = `['command-palette', 'copy-button', 'theme-switch'].filter((name) => customElements.get(name))`
  await eventually(() => reader.page.evaluate(defined)).toEqual(['command-palette', 'theme-switch'])
  expect(reader.faults.splice(0)).toEqual([expect.stringContaining('copy-button cannot start')])
})

test('a refused form says what is wrong beside the field and keeps what was typed', async () => {
  const reader = await open()
  await reader.openNewTask()
  await reader.page.locator('#task-form [name=queue]').first().fill('no such/queue')
  await reader.sendNewTask({ title: 'typed with care', command: 'true' })
  const field = reader.page.locator('#task-form [name=queue][aria-invalid=true]')
  await field.waitFor()
  await eventually(() => field.inputValue()).toBe('no such/queue')
  await eventually(() => reader.page.locator('#task-form .field-problem').textContent()).toMatch(/queue name/)
  await eventually(() => reader.page.locator('#task-form [name=title]').inputValue()).toBe('typed with care')
  await eventually(() => reader.titles()).not.toContain('typed with care')
})

test('a button pressed twice makes one task', async () => {
  const reader = await open()
  await reader.openNewTask()
  await reader.page.locator('#task-form [name=title]').fill('only once')
  await reader.page.locator('#task-form [name=command]').fill('true')
  await reader.page.locator('#task-form button[type=submit]').last().dblclick()
  await eventually(() => reader.titles()).toContain('only once')
  await reader.settled(PARTIAL)
  expect((await reader.titles()).filter((title) => title === 'only once')).toHaveLength(1)
})
