import { expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp({ workers: 1 })

const field = '.answer-field'
const lines = '.log > li .log-text'

test('a command that asks is answered from a second browser, and both see it go on', async () => {
  const id = await server.newTask({ title: 'Greets', command: 'printf "Name? "; read -r n; echo "hi $n"', pty: true })
  const [first, second] = [await open(`/tasks/${id}`), await open(`/tasks/${id}`)]
  for (const { page } of [first, second]) await eventually(() => page.locator('.answer[data-asking] .answer-ask').textContent()).toContain('Name?')
  // Nothing else had the focus.
  await eventually(() => second.page.evaluate<string>('document.activeElement.name')).toBe('text')
  await second.page.keyboard.type('Ada')
  await second.page.keyboard.press('Enter')
  for (const { page } of [first, second]) {
    await eventually(() => page.locator(lines).allTextContents()).toEqual(['Name? Ada', 'hi Ada'])
    await eventually(() => page.locator('.answer').count()).toBe(0)
    await eventually(() => page.locator('.detail-head').textContent()).toMatch(/succeeded/i)
  }
})

test('what is typed at a hidden prompt is neither in the log nor in an event', async () => {
  const command = 'printf "Password: "; stty -echo; read -r p; stty echo; echo; echo "it has $(printf %s "$p" | wc -c)"'
  const id = await server.newTask({ title: 'Asks for a password', command, pty: true })
  const { page } = await open(`/tasks/${id}`)
  await eventually(() => page.locator('.answer [name="secret"]').isChecked()).toBe(true)
  expect(await page.locator(field).getAttribute('type')).toBe('password')
  await page.locator(field).fill('open sesame')
  await page.getByRole('button', { name: 'Send' }).click()
  await eventually(() => page.locator(lines).allTextContents()).toEqual(['Password: ', 'it has 11'])
  const { json } = await server.api('GET', '/api/events?kinds=task.input_sent')
  expect(json.items[0].payload).toMatchObject({ task_id: id, key: null, secret: true })
  expect(JSON.stringify((await server.api('GET', '/api/events?limit=500')).json)).not.toContain('sesame')
})

test('a prompt’s choices and keys are buttons, and the terminal is as wide as the log', async () => {
  const ask = 'until [ "$(stty size)" != "30 120" ]; do sleep 0.05; done; stty size'
  const id = await server.newTask({
    title: 'Deploy',
    command: `${ask}; printf "Deploy? [y/N] "; read -r a; echo "$a"; trap "echo stopped; exit 0" INT; sleep 60`,
    pty: true,
  })
  const { page } = await open(`/tasks/${id}`, { viewport: { width: 1000, height: 800 } })
  await page.locator('.answer-keys').getByRole('button', { name: 'y', exact: true }).click()
  await eventually(() => page.locator(lines).allTextContents()).toEqual([expect.stringMatching(/^\d+ \d+$/), 'Deploy? [y/N] y', 'y'])
  await page.getByRole('button', { name: 'Ctrl C' }).click()
  await eventually(() => server.stateOf(id)).toBe('succeeded')
})

test('typed text stays while the command prints, and an answer on Home needs no other page', async () => {
  const more = server.gate('more')
  const id = await server.newTask({ title: 'Reads', command: `printf "a? "; read -r a; ${more.wait}; printf "b? "; read -r b; echo "$a $b"`, stdin: 'open' })
  const [home, task] = [await open('/home'), await open(`/tasks/${id}`)]
  const answer = home.page.locator('#home-needs-you').getByRole('textbox', { name: 'Answer to: a?' })
  await answer.fill('one')
  await answer.press('Enter')
  await eventually(() => home.page.locator('#home-needs-you').count()).toBe(0)
  await task.page.locator(field).fill('two')
  more.open()
  await eventually(() => task.page.locator('.answer[data-asking] .answer-ask').textContent()).toContain('b?')
  expect(await task.page.locator(field).inputValue()).toBe('two')
  await task.page.locator(field).press('Enter')
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  await eventually(() => task.page.locator(lines).allTextContents()).toEqual(['a? b? one two'])
})
