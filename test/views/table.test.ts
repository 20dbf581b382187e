import { describe, expect, it } from 'vitest'
import { taskList } from '../../views/tasks.tsx'
import { workerList } from '../../views/workers.tsx'
import { type Tag, tagsIn } from './markup.ts'
import { COUNTS, filterOf, listOf, operator, reader, task, worker, workersOf } from './samples.ts'

const find = (html: string, is: (tag: Tag) => boolean) => tagsIn(html).filter(is)
const classes = (html: string, name: string) => find(html, (tag) => tag.name === name).map(({ attributes }) => (attributes.get('class') ?? '').split(' ')[0])
const list = (query: Record<string, string> = {}, some: Parameters<typeof listOf>[1] = {}) => taskList(listOf([task()], some), filterOf(query), operator)

describe('a table', () => {
  it.each<[string, string]>([
    ['tasks', list()],
    ['workers', workerList(workersOf([worker()]), {}, operator)],
    ['tasks for who may only read', taskList(listOf([task()]), filterOf({}), reader)],
  ])('of %s has a heading over each cell, in the same order', (_, html) => expect(classes(html, 'td')).toEqual(classes(html, 'th')))

  it('has one link over each row, and a place where new rows wait', () => {
    for (const html of [list(), workerList(workersOf([worker()]), {}, operator)]) {
      expect(find(html, ({ attributes }) => attributes.get('class') === 'row-link')).toHaveLength(1)
      const [place] = find(html, ({ name }) => name === 'new-rows')
      expect(place?.attributes.has('hidden')).toBe(true)
      expect(find(html, ({ attributes }) => attributes.get('data-key') === 'n')).toHaveLength(1)
    }
  })

  it('leads from a row to the task and back to the same list', () => {
    expect(list()).toContain('href="/tasks/t_9"')
    expect(list({ state: 'failed', q: 'queue:mail' })).toContain('href="/tasks/t_9?from=state%3Dfailed%26q%3Dqueue%253Amail"')
  })
})

describe('the selection bar', () => {
  const scope = (html: string) => find(html, ({ attributes }) => attributes.get('name') === 'match').map(({ attributes }) => attributes.get('value'))

  it('offers all that match where the page is not all of them, with their number where it is known', () => {
    expect(scope(list())).toEqual([])
    expect(scope(list({}, { next: 't_9' }))).toEqual(['state='])
    expect(scope(list({ state: 'failed' }, { next: 't_9' }))).toEqual(['state=failed'])
    expect(list({ state: 'failed' }, { next: 't_9', counts: { ...COUNTS, failed: 1284 } })).toContain('Select all 1,284 that match')
    expect(list({ q: 'refused' }, { next: 't_9' })).toContain('Select all that match')
  })

  it('is only for who may act', () => expect(taskList(listOf([task()], { next: 't_9' }), filterOf({}), reader)).not.toContain('selection'))
})

describe('the link to older rows', () => {
  it('keeps the size of the page and the zone of who asks for a time', () => {
    const html = list({ limit: '200', state: 'failed' }, { next: 't_9' })
    expect(html).toContain('href="/tasks?state=failed&limit=200&before=t_9"')
    expect(html).toContain('Show 200 more')
    expect(find(html, ({ attributes }) => attributes.get('name') === 'zone')[0]?.attributes.get('value')).toBe(operator.zone)
    expect(list({ before: '2026-11-20T14:05', zone: 'Asia/Tokyo' })).toContain('value="2026-11-20T14:05"')
  })
})
