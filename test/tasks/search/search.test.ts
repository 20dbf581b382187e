import { describe, expect, test } from 'vitest'
import { parseSearch } from '../../../src/tasks/search/search.ts'
import { suggestions } from '../../../src/tasks/suggest.ts'
import { typedTerm } from '../../../src/tasks/words.ts'
import { testApp } from '../../support/app.ts'

const read = (text: string) => parseSearch(text).terms.map(({ name, value, isExcluded }) => `${isExcluded ? '-' : ''}${name}=${value}`)

describe('the language of the search box', () => {
  test('parses qualifiers, quoted text, bare words and exclusions', () => {
    expect(read('state:failed  queue:mail since:2h "connection refused" -queue:x -spam')).toEqual([
      'state=failed',
      'queue=mail',
      'since=2h',
      'text=connection refused',
      '-queue=x',
      '-text=spam',
    ])
    expect(read('queue:"two words" QUEUE:mail "say \\"hi\\""')).toEqual(['queue=two words', 'queue=mail', 'text=say "hi"'])
    expect(read('12:30')).toEqual(['text=12:30'])
    expect(read('   ')).toEqual([])
  })

  test.each([
    ['queue:mail colour:red', 11, 10, 'no qualifier colour'],
    ['state:asleep', 0, 12, 'no state asleep'],
    ['mail "never closed', 5, 13, 'never closed'],
    ['since:soon', 0, 10, '30m, 2h'],
    ['since:2026-99-99', 0, 16, '2026-99-99 does not exist'],
    ['queue:', 0, 6, 'after the colon'],
    ['urgency:now', 0, 11, 'low, medium, high'],
    ['x -', 2, 1, 'to search for'],
  ])('reports the mistake in %s, with its place', (text, at, length, message) => {
    const { problem } = parseSearch(text)
    expect(problem).toMatchObject({ at, length })
    expect(problem?.message).toContain(message)
  })

  test('writes every value so that it parses to the same', () => {
    for (const value of ['mail', 'two words', 'a"b', 'back\\slash', 'a:b', '-x', 'état', '日本'])
      for (const name of ['text', 'queue'] as const) expect(read(typedTerm(name, value))).toEqual([`${name}=${value}`])
  })
})

describe('a search', () => {
  async function searchable() {
    const app = await testApp()
    await app.json('/api/tasks', { title: 'Send mail', command: 'send', queue: 'mail', project: 'shop', urgency: 'high' })
    await app.json('/api/tasks', { title: 'Build', description: 'Zażółć: ECONNREFUSED again', command: 'make all', queue: 'ci' })
    await app.json('/api/tasks', { title: 'Sync', command: 'rsync "a b"', queue: 'ci', project: 'shop' })
    await app.json('/api/tasks/t_3/cancel', {})
    const ids = async (q: string) => (await app.json(`/api/tasks?q=${encodeURIComponent(q)}`)).body.items?.map(({ id }: { id: string }) => id)
    return { app, ids }
  }

  test('finds by any part of title, description and command, in any case, and by every qualifier', async () => {
    const { ids } = await searchable()
    expect(await ids('refused')).toEqual(['t_2'])
    expect(await ids('żół')).toEqual(['t_2'])
    expect(await ids('MAKE build')).toEqual(['t_2'])
    expect(await ids('"a b"')).toEqual(['t_3'])
    expect(await ids('mk')).toEqual([])
    expect(await ids('sy')).toEqual(['t_3'])
    expect(await ids('queue:mail queue:ci')).toEqual(['t_3', 't_2', 't_1'])
    expect(await ids('-queue:ci')).toEqual(['t_1'])
    expect(await ids('-project:shop')).toEqual(['t_2'])
    expect(await ids('-worker:w_1 state:open')).toEqual(['t_2', 't_1'])
    expect(await ids('urgency:high by:owner since:1h')).toEqual(['t_1'])
    expect(await ids('-refused -send')).toEqual(['t_3'])
    expect(await ids('-zz')).toEqual(['t_3', 't_2', 't_1'])
    expect(await ids('-sy')).toEqual(['t_2', 't_1'])
    expect(await ids('re\0fused')).toEqual(['t_2'])
    expect(await ids('s\0y')).toEqual(['t_3'])
  })

  test('follows edits and deletions', async () => {
    const { app, ids } = await searchable()
    await app.json('/api/tasks/t_1/description', { description: 'now about invoices', version: 1 })
    expect(await ids('invoice')).toEqual(['t_1'])
    await app.json('/api/tasks/t_1', undefined, { method: 'DELETE' })
    expect(await ids('invoice')).toEqual([])
  })

  test('that is invalid is shown with its mistake on the page, and refused for programs and bulk changes', async () => {
    const { app } = await searchable()
    const answer = await app.json('/api/tasks?q=colour:red')
    expect(answer.status).toBe(422)
    expect(answer.body.fields.q).toContain('no qualifier colour')
    const page = await app.ask('/tasks?q=queue:ci+colour:red')
    expect(page.status).toBe(200)
    expect(await page.text()).toMatch(/queue:ci <\/span><mark>colour:red<\/mark>/)
    expect((await app.json('/api/tasks/bulk', { verb: 'delete', match: 'q=colour:red' })).status).toBe(422)
    expect((await app.json('/api/tasks?q=queue:mail')).body.items).toHaveLength(1)
  })

  test('uses the app’s clock everywhere', async () => {
    const { app, ids } = await searchable()
    app.time.pass(10 * 86_400_000)
    await app.json('/api/tasks', { command: 'send later', queue: 'mail' })
    expect(await ids('since:2h')).toEqual(['t_4'])
    const page = await (await app.ask('/ui/tasks/t_4?from=q%3Dsince%253A2h')).text()
    expect(page).not.toContain('/tasks/t_3?from=')
    expect(await (await app.ask('/ui/palette?q=since:2h')).text()).toMatch(/t_4/)
    expect(await (await app.ask('/ui/palette?q=since:2h')).text()).not.toMatch(/t_1/)
    expect((await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=since:2h' })).body.item.changed).toBe(1)
    expect(await ids('state:open')).toEqual(['t_2', 't_1'])
  })

  test('is completed from existing values', async () => {
    const { app } = await searchable()
    expect(await suggestions(app.db, 'mail q')).toEqual(['mail queue:'])
    expect(await suggestions(app.db, 'queue:')).toEqual(['queue:ci', 'queue:mail'])
    expect(await suggestions(app.db, 'state:failed -project:s')).toEqual(['state:failed -project:shop'])
    expect(await suggestions(app.db, 'state:w')).toEqual(['state:waiting'])
  })
})
