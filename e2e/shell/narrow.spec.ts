import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()
const LONG = 'b'.repeat(64)
const WORDS = 'Recompute-the-quarterly-allocation-of-every-regional-warehouse-without-a-space'

beforeAll(async () => {
  const queues = [LONG, 'a-queue-whose-name-is-as-long-as-such-a-name-may-well-become']
  await server.api('POST', '/api/workers', { name: WORDS, host: `${WORDS}.example.test`, queues })
  for (const queue of queues) await server.api('POST', '/api/tasks', { title: WORDS.repeat(2), command: `echo ${WORDS}`, queue, project: WORDS })
  const { fence } = (await server.api('POST', '/api/tasks/claim', { worker_id: 'w_1' })).json
  await server.api('POST', '/api/tasks/t_1/run', { worker_id: 'w_1', fence })
  await server.api('POST', '/api/tasks/t_1/heartbeat', { worker_id: 'w_1', fence, progress: { done: 4, total: 10, text: WORDS } })
  await server.api('POST', '/api/tasks/views', { name: WORDS.slice(0, 60), search: `q=queue:${LONG}` })
  await server.api('POST', '/api/tokens', { name: WORDS, role: 'viewer' })
})

test('no page scrolls sideways at 320 px, however long its names are', async () => {
  const { page } = await open('/home', { viewport: { width: 320, height: 640 } })
  const wide: string[] = []
  const paths = ['/home', '/tasks', `/tasks?q=queue:${LONG}`, '/tasks/t_1', '/tasks/new', '/workers', '/workers/w_1', '/queues', `/queues/${LONG}`]
  for (const path of [...paths, '/tasks/confirm?verb=cancel&match=', '/events', '/hub', '/settings', '/settings/access', '/palette?q=recompute']) {
    await page.goto(server.url + path)
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    if (over > 0) wide.push(`${path}: ${over} px`)
  }
  expect(wide).toEqual([])
  // The control: a page that is too wide is found.
  await page.evaluate(
    'document.querySelector("main").append(Object.assign(document.createElement("pre"), { textContent: "x".repeat(200), style: "width: 60rem" }))',
  )
  await eventually(() => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBeGreaterThan(0)
})
