import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/tasks/tasks.ts'
import { confirmPage, logLines, taskDetail, taskForm, taskHead, taskList, taskLog } from '../../views/tasks.tsx'
import { tagsIn } from './markup.ts'
import { ago, attempt, detailOf, event, filterOf, listOf, NONE, NOW, operator, running, task, waiting } from './samples.ts'

const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const badgeOf = (of: Task) => /class="badge" data-tone="([a-z]+)".*?badge-word">([^<]+)</s.exec(taskList(listOf([of]), filterOf({}), operator))?.slice(1)

describe('the state of a task', () => {
  it.each<[string, Task, string[]]>([
    ['waits', waiting(), ['queued', 'Queued']],
    ['is not due yet', waiting({ run_at: ago(-60) }), ['queued', 'Scheduled']],
    ['waits for its next try', waiting({ attempt: 2, run_at: ago(-4) }), ['retrying', 'Retrying']],
    ['runs', running(), ['running', 'Running']],
    ['waits at a prompt', running({ status: 'waiting-for-input' }), ['waiting', 'Needs input']],
    ['was asked to stop', running({ cancel_requested_at: ago(1) }), ['running', 'Stopping']],
    ['went wrong', task({ state: 'failed' }), ['failed', 'Failed']],
    ['has lost its worker', task({ state: 'lost' }), ['unknown', 'Lost']],
  ])('says in a word that it %s', (_, of, badge) => expect(badgeOf(of)).toEqual(badge))
})

describe('the list', () => {
  it('keeps the filter in its tabs, and counts only where the numbers are true', () => {
    expect(taskList(listOf([task()]), filterOf({}), operator)).toContain('<span class="tab-count">1,284</span>')
    const narrowed = taskList(listOf([task()]), filterOf({ queue: 'mail', before: 't_90' }), operator)
    expect(narrowed).not.toContain('tab-count')
    expect(narrowed).toContain('href="/tasks?state=failed&q=queue%3Amail"')
  })

  it('tells an empty list from one that the filter empties', () => {
    expect(taskList(listOf([], { counts: NONE }), filterOf({}), operator)).toContain('No tasks yet')
    const filtered = taskList(listOf([]), filterOf({ q: 'refused', state: 'failed' }), operator)
    expect(textOf(filtered)).toContain('No matching tasks 1,297 tasks exist. Clear the filter')
    expect(filtered).toContain('href="/tasks?state=failed"')
    expect(taskList(listOf([]), filterOf({ state: 'lost' }), operator)).toContain('No lost tasks')
  })

  it('leads to older tasks and back, with the same filter', () => {
    const html = taskList(listOf([task()], { next: 't_9' }), filterOf({ queue: 'mail', before: 't_60' }), operator)
    expect(html).toContain('href="/tasks?q=queue%3Amail&before=t_9"')
    expect(html).toContain('href="/tasks?q=queue%3Amail">Back to the newest')
    expect(taskList(listOf([task()]), filterOf({}), operator)).not.toContain('pager')
  })

  it('offers what fits the state, and nothing else', () => {
    const actions = (of: Task) => [...taskList(listOf([of]), filterOf({}), operator).matchAll(/action="\/api\/tasks\/t_9\/([a-z]+)"/g)].map(([, verb]) => verb)
    expect(actions(waiting())).toEqual(['cancel', 'delete'])
    expect(actions(running())).toEqual(['cancel'])
    expect(actions(running({ cancel_requested_at: ago(1) }))).toEqual([])
    expect(actions(task())).toEqual(['retry', 'delete'])
  })

  it('shows the filter as links that remove it', () => {
    const html = taskHead(filterOf({ state: 'failed', queue: 'mail', q: 'refused' }), {}, operator)
    expect(html).toContain('href="/tasks?state=failed&q=queue%3Amail"')
    expect(html).toContain('value="queue:mail refused"')
    expect(html).toContain('<input type="hidden" name="state" value="failed"/>')
  })
})

describe('the form', () => {
  const refused = {
    values: { title: 'Deploy', command: '\nmake </textarea>', retries: '3' },
    fields: { retries: 'At most 20.' },
    message: 'retries: At most 20.',
  }

  it('keeps what was typed and says beside the field what is wrong with it', () => {
    const html = taskForm({ ...refused, queues: [], secrets: [], types: [], broken: [], viewer: operator })
    expect(html).toContain('value="Deploy"')
    expect(html).toContain('>\n\nmake &lt;/textarea></textarea>')
    const field = tagsIn(html).find(({ attributes }) => attributes.get('name') === 'retries')?.attributes
    expect(Object.fromEntries(field ?? [])).toMatchObject({ value: '3', 'aria-invalid': 'true', 'aria-describedby': 'new-task-retries-problem', autofocus: '' })
    expect(html).toContain('id="new-task-retries-problem">At most 20.<')
    expect(html).toContain('<details class="more" open data-keeps-open="more">')
    expect(html.match(/At most 20/g)).toHaveLength(1)
  })

  it('is a shell line only for who may run one', () => {
    const types = [{ name: 'backup', argv: ['backup', '{place}'], params: { place: { type: 'string' as const, required: true } } }]
    const html = taskForm({
      values: { type: 'backup' },
      queues: [],
      secrets: [],
      types,
      broken: [],
      viewer: { ...operator, may: (action) => action !== 'tasks.shell' },
    })
    expect(html).not.toContain('name="command"')
    expect(html).toContain('name="type" value="backup"')
    expect(html).toContain('name="params.place"')
  })
})

describe('the page of a task', () => {
  it('says why it is as it is', () => {
    const why = (of: Task) => textOf(/<p class="why".*?<\/p>/s.exec(taskDetail(detailOf(of), operator))?.[0] ?? '').trim()
    expect(why(waiting())).toBe('Waiting for 10:00 : no worker of the queue default has taken it yet; exit code 0')
    expect(why(running({ reason: 'started by w_3' }))).toBe('Running for 09:58 : started by w_3')
    expect(why(running({ status: 'waiting-for-input' }))).toMatch(/it has no input. Cancel it, and run it again with the answer in its command$/)
    expect(why(task({ state: 'failed', exit_code: 2, error: 'a\nb', reason: 'a\nb' }))).toMatch(/^Ended .* : exit code 2$/)
  })

  it('tells its life in steps, with the time that each took', () => {
    const events = [
      event(ago(600), 'task.created'),
      event(ago(590), 'task.state_changed', { state: 'claimed', reason: 'claimed by w_3' }),
      event(ago(590), 'task.status', { status: 'running' }),
      event(ago(530), 'task.status', { status: 'waiting-for-input' }),
      event(ago(500), 'task.status', { status: 'running' }),
    ]
    const html = taskDetail(detailOf(running(), { events }), operator)
    const steps = [...html.matchAll(/<li class="step".*?<\/li>/gs)].map(([step]) => textOf(step).trim())
    expect(steps).toEqual(['Created by operator:ana 10 s 10m', 'Claimed by w_3 1m 9m', 'Needs input waiting at a prompt 30 s 8m', 'Resumed 08:20 8m'])
  })

  it('sends the version that it shows with an edit', () => {
    expect(taskDetail(detailOf(task({ version: 4 })), operator)).toContain('<input type="hidden" name="version" value="4"/>')
  })

  it('leads from each attempt to its log, once there is more than one', () => {
    expect(taskDetail(detailOf(task()), operator)).toMatch(/class="run-attempts"[^>]* hidden/)
    const html = taskDetail(detailOf(task({ attempt: 2 }), { attempts: [attempt({ attempt: 2 }), attempt({ outcome: 'lost' })] }), operator)
    const tabs = /<nav class="run-attempts".*?<\/nav>/s.exec(html)?.[0] ?? ''
    expect(tabs).not.toMatch(/<nav[^>]* hidden/)
    expect(textOf(tabs)).toMatch(/Attempt 1 , lost, 42 s Attempt 2 , succeeded, 42 s/)
    // The newest one's link names no attempt: its viewers follow the next one.
    expect([...tabs.matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/tasks/t_9?attempt=1#log', '/tasks/t_9#log'])
    expect(tabs).toMatch(/data-attempt="2"[^>]* aria-current="page"/)
  })

  it('shows the error in the words of the output, with a link to its line', () => {
    const html = taskDetail(detailOf(task({ state: 'failed', attempt: 2 }), { headline: { text: 'error: no <disk>', line: 12 } }), operator)
    expect(html).toMatch(/<a class="run-error" href="#L12".*?>error: no &lt;disk>/s)
    expect(taskDetail(detailOf(task({ state: 'failed', attempt: 2 }), { headline: { text: 'error', line: 12 }, shown: 1 }), operator)).toContain(
      'href="/tasks/t_9#L12"',
    )
    expect(taskDetail(detailOf(task()), operator)).not.toContain('run-error')
  })

  it('keeps a row for each value that is still to come', () => {
    const rows = (of: Task) => [...taskDetail(detailOf(of), operator).matchAll(/<dt>([^<]+)<\/dt>/g)].map(([, name]) => name)
    expect(rows(waiting())).toEqual(rows(task()))
  })
})

it('draws the log with what its script needs, and the lines with numbers that link', () => {
  const lines = logLines([{ number: 120, html: '<span class="ansi-red-fg">no</span>', stderr: true, partial: true }])
  expect(lines).toMatch(/^<li id="L120" class="log-line stderr" data-partial><a [^>]*href="#L120"/)
  const at = { task: task(), attempt: 1, html: lines, next: 40, line: 120, cut: 0, shown: { first: 120, last: 120 } }
  const view = tagsIn(taskLog({ ...at, ended: false }))[0]?.attributes
  expect(Object.fromEntries(view ?? [])).toMatchObject({
    'data-src': '/ui/tasks/t_9/log?attempt=1',
    'data-next': '40',
    'data-line': '120',
    'data-event': 't_9-log',
  })
  expect(view?.has('data-ended')).toBe(false)
  expect(taskLog({ ...at, ended: true })).toContain('data-ended')
  expect(taskLog({ ...at, ended: true })).toMatch(/href="\/tasks\/t_9\?attempt=1&first=1#log">Older lines/)
  expect(taskLog({ ...at, ended: true, cut: 1 })).toContain('Only the newest 10 MiB')
})

describe('the confirm step', () => {
  const asked = {
    verb: 'delete',
    count: 12,
    capped: false,
    sample: [task({ title: 'Old one' })],
    newest: 40,
    token: 'once',
    ids: [],
    because: {},
    zone: 'Asia/Tokyo',
    now: NOW,
    back: '/tasks',
  } as const
  const fields = (html: string) =>
    Object.fromEntries(tagsIn(html).flatMap(({ name, attributes }) => (name === 'input' ? [[attributes.get('name'), attributes.get('value')]] : [])))

  it('says what, how many and which, and sends what it said', () => {
    const html = confirmPage({ ...asked, match: 'state=failed', from: 'state=failed', back: '/tasks?state=failed' })
    expect(textOf(html)).toContain('Delete 12 tasks?')
    expect(html).toContain('Old one')
    expect(fields(html)).toEqual({ verb: 'delete', match: 'state=failed', zone: 'Asia/Tokyo', newest: '40', token: 'once', from: 'state=failed', count: '12' })
    expect(fields(confirmPage({ ...asked, ids: ['t_9'] }))).toMatchObject({ id: 't_9', token: 'once' })
  })

  it('says more than where it stopped counting, and binds no number that it does not know', () => {
    const html = confirmPage({ ...asked, count: 10_000, capped: true, match: 'state=' })
    expect(textOf(html)).toContain('Delete more than 10,000 tasks?')
    expect(fields(html)).not.toHaveProperty('count')
  })

  it('says when there are more than there were', () => {
    expect(textOf(confirmPage({ ...asked, was: 9, match: 'state=' }))).toContain('You confirmed 9')
    expect(confirmPage({ ...asked, match: 'state=' })).not.toContain('You confirmed')
  })

  it('offers nothing where nothing fits', () => expect(confirmPage({ ...asked, verb: 'cancel', count: 0, sample: [], ids: ['t_9'] })).not.toContain('<form'))
})
