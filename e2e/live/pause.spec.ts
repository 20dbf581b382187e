import { expect, test } from 'vitest'
import { answerTo, type Dashboard, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()

const says = (reader: Dashboard) => eventually(async () => (await reader.status.textContent())?.trim())

test('paused by the keyboard, a page does not change and counts what is new; resumed, it fetches once', async () => {
  const mine = await server.newTask({ title: 'mine to retry' })
  await server.api('POST', `/api/tasks/${mine}/cancel`)
  const [reader, other] = [await open(), await open()]
  await eventually(() => reader.status.getAttribute('aria-pressed')).toBe('false')
  await reader.status.focus()
  await reader.page.keyboard.press('Space')
  await eventually(() => reader.status.getAttribute('aria-pressed')).toBe('true')
  await says(reader).toBe('Paused')

  const ids: string[] = []
  for (let i = 1; i <= 3; i++) {
    ids.push(await server.newTask({ title: `unseen ${i}` }))
    await other.row(ids.at(-1) as string).waitFor()
    await says(reader).toBe(`Paused (${i} new)`)
  }
  expect(reader.asked(PARTIAL)).toBe(0)
  await eventually(() => reader.row(ids[0] as string).count()).toBe(0)
  await eventually(() => reader.page.locator('#announce').textContent()).toBe('Paused')

  // The response to the page's own action includes what was held back, so it is no longer new.
  await reader.row(mine).locator('details.menu > summary').click()
  await reader.row(mine).getByRole('button', { name: 'Retry' }).click()
  await eventually(() => reader.row(mine).textContent()).toMatch(/queued/i)
  await says(reader).toBe('Paused')
  await server.newTask({ title: 'unseen 4' })
  await says(reader).toBe('Paused (1 new)')
  await server.newTask({ title: 'unseen 5' })
  await says(reader).toBe('Paused (2 new)')

  await reader.page.mouse.move(1, 1)
  await reader.status.press('Enter')
  await says(reader).toBe('Live')
  await eventually(() => reader.titles()).toContain('unseen 5')
  await reader.settled(PARTIAL)
  expect(reader.asked(PARTIAL)).toBe(1)
  await eventually(() => reader.page.locator('#announce').textContent()).toBe('Live')
})

test('a page without changes fetches nothing when it is resumed or visible again', async () => {
  const reader = await open()
  await reader.status.click()
  await reader.status.click()
  await reader.hide(true)
  await reader.hide(false)
  await reader.settled(/\/ui\//)
  expect(reader.asked(/\/ui\/(tasks|nav)/)).toBe(0)
})

test('a paused log does not change, and resumes from there', async () => {
  await server.launch('talks')
  const [two, end] = [server.gate('two'), server.gate('end')]
  const id = await server.newTask({ title: 'talks', queue: 'talks', command: `echo one; ${two.wait}; echo two; ${end.wait}` })
  const [reader, other] = [await open(`/tasks/${id}`), await open(`/tasks/${id}`)]
  const log = (page: Dashboard) => eventually(() => page.page.locator('log-view .log').textContent())
  await log(reader).toContain('one')
  await reader.status.click()
  two.open()
  await log(other).toContain('two')
  await eventually(() => reader.page.locator('log-view .log').textContent()).not.toContain('two')
  await reader.status.click()
  await log(reader).toMatch(/one.*two/s)
  end.open()
  await eventually(() => server.stateOf(id)).toBe('succeeded')
})

test('a visible panel is fetched again after a pulse, and after a lost stream', async () => {
  const reader = await open('/tasks', { alone: true })
  const { page } = reader
  await page.route(
    '**/tasks',
    async (route) => {
      const answer = await answerTo(route)
      await route.fulfill({ response: answer, body: (await answer.text()).replace('sse:tasks-changed', 'sse:tasks-pulse') })
    },
    { times: 1 },
  )
  const { epoch, seq } = (await server.api('GET', '/api/hub')).json
  const ready = `event: ready\ndata: ${JSON.stringify({ epoch, seq, resumed: true, panels: {}, server_time: new Date().toISOString() })}\n\n`
  const streams = [ready, ready, `${ready}event: tasks-pulse\ndata: {}\n\n`]
  let opening = 0
  let askedAtLoss = 0
  const hidden = Promise.withResolvers<void>()
  await page.route('**/ui/stream?*', async (route) => {
    if (opening === 1) askedAtLoss = reader.asked(PARTIAL)
    if (opening === 2) await hidden.promise
    const body = streams[opening++]
    return body === undefined ? undefined : route.fulfill({ contentType: 'text/event-stream', body })
  })
  await page.goto(`${server.url}/tasks`)
  const before = reader.asked(PARTIAL)
  await eventually(() => reader.asked(PARTIAL) - before).toBe(1)
  expect(opening).toBe(2)
  expect(askedAtLoss).toBe(before)
  await reader.hide(true)
  hidden.resolve()
  await eventually(() => opening).toBeGreaterThanOrEqual(3)
  await reader.settled(PARTIAL)
  expect(reader.asked(PARTIAL) - before).toBe(1)
  await reader.hide(false)
  await eventually(() => reader.asked(PARTIAL) - before).toBe(2)
})
