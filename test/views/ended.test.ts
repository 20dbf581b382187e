import { describe, expect, test } from 'vitest'
import { until } from '../../public/js/words/clock.js'
import { navItems } from '../../views/shell/nav.tsx'
import { taskDetail, taskList } from '../../views/tasks.tsx'
import { workerDetail } from '../../views/workers.tsx'
import { ago, detailOf, event, filterOf, listOf, NOW, operator, task, waiting, worker, workerOf } from './samples.ts'

test('a past due time stays at now', () => {
  expect([90_000, 5_000, 0, -1000, -600_000].map((ms) => until(NOW + ms, NOW, 'UTC'))).toEqual(['in 1m', 'in 5s', 'now', 'now', 'now'])
  const pending = { act: 'delete' as const, act_at: ago(2), act_by: 'ana' }
  expect(taskDetail(detailOf(task(pending)), operator)).toMatch(/Deleting <time datetime="[^"]+" data-until>now<\/time>/)
  const scheduled = waiting({ run_at: ago(-300), attempt: 0 })
  expect(taskList(listOf([scheduled]), filterOf({}), operator)).toMatch(/cell-took number"[^>]*>\s*<time datetime="[^"]+" data-until>in 5m</)
})

describe('the timeline of a worker', () => {
  const events = [event(ago(60), 'worker.launched'), event(ago(30), 'worker.state_changed', { state: 'stopped', reason: 'stopped by ana' })]
  const stopped = worker({ state: 'stopped', reason: 'stopped by ana', stopped_at: ago(30), pid: null })

  test('ends with its stop', () => {
    const html = workerDetail(workerOf(stopped, { events }), operator)
    expect(html).not.toContain('data-elapsed')
    expect(html).not.toContain('Last heard')
    expect(html).toMatch(/<span>Stopped by ana<\/span>/)
    expect(html).toMatch(/<dt>Stopped<\/dt>/)
    // The control: one that is alive counts.
    expect(workerDetail(workerOf(worker(), { events }), operator)).toContain('data-elapsed')
  })

  test('shows the time of the action in progress', () => {
    const html = workerDetail(workerOf({ ...stopped, transient: 'restarting', transient_at: ago(42) }, { events }), operator)
    expect(html).toMatch(/#spinner[\s\S]*Restarting/)
    expect(html).not.toMatch(/<dt>Stopped<\/dt>/)
    expect(html).toMatch(/Restarting for <time datetime="[^"]+" data-elapsed>00:42<\/time>/)
  })
})

test.each([
  [1, '1 worker lost'],
  [2, '2 workers lost'],
])('%i lost worker is said as %s', (count, words) => {
  const entry = {
    name: 'workers',
    title: 'Workers',
    icon: 'workers' as const,
    href: '/workers',
    group: 'work' as const,
    current: false,
    links: [],
    badge: { count, tone: 'failed' as const, words: { one: 'worker lost', many: 'workers lost' } },
  }
  expect(navItems([entry])).toContain(`data-says="${words}"`)
})

test.each([
  [13, '1 earlier step'],
  [14, '2 earlier steps'],
])('of %i steps the page folds %s away', (count, words) => {
  const events = Array.from({ length: count }, (_, i) => event(ago(600 - i), 'task.description_changed'))
  expect(taskDetail(detailOf(task(), { events }), operator)).toContain(`<summary>${words}</summary>`)
})
