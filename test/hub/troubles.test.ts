import { describe, expect, test } from 'vitest'
import { troubles } from '../../src/hub/troubles.ts'
import { hubView } from '../../views/hub.tsx'
import { tagsIn } from '../views/markup.ts'
import { operator } from '../views/samples.ts'
import { hub, upstream } from './samples.ts'

const HOSTILE = `"><img src=x onerror=alert(1)><div hx-get="/x" hx-trigger="load">'&`

describe('the troubles of a server', () => {
  test('are none if nothing was lost, even when events wait or came twice', () => {
    const inbox = { depth: 9, taken: 4, duplicates: 3, bad: 0, trouble: null }
    expect(troubles(hub({ inbox, coalesced: 900, deferred: 7, lag: 12, items: [upstream({ duplicates: 5, retries: 2 })] }))).toEqual([])
  })

  test.each([
    [{ dropped: 1_204, gaps: 1 }, 'Slow readers missed 1,204 records of the log, in 1 gap; each reader received the count.'],
    [{ storage: 'full' as const }, 'The disk is full. Nothing can be saved until there is space again; pages still show existing data.'],
    [{ lines_lost: 1 }, '1 line of the server’s own log could not be written: its reader is gone, or its disk is full.'],
    [{ cuts: 2 }, '2 readers accepted nothing for 10 s and had to be cut off.'],
    [{ inbox: { depth: 0, taken: 0, duplicates: 0, bad: 0, trouble: 'EMFILE' } }, 'The inbox cannot be read (EMFILE). Its files stay there.'],
    [{ items: [upstream({ state: 'refused', last_error: '401' })] }, 'The upstream cellar refuses (401).'],
    [{ items: [upstream({ state: 'waiting' })] }, 'The upstream cellar cannot be reached; retrying.'],
    [{ items: [upstream({ losses: 1 })] }, 'The upstream cellar reported lost events 1 time.'],
    [{ items: [upstream({ refused: 2 })] }, 'The upstream cellar sent 2 things that are no events.'],
  ])('include %j', (some, sentence) => expect(troubles(hub(some))).toEqual([sentence]))
})

describe('the page', () => {
  test('never reports that all is well while the state of an upstream is unknown', () => {
    expect(hubView(hub(), operator)).toContain('All is well')
    expect(hubView(hub({ items: [upstream()] }), operator)).toContain('All is well')
    for (const state of ['connecting', 'stopped'] as const) {
      const html = hubView(hub({ items: [upstream({ state })] }), operator)
      expect(html).not.toContain('All is well')
      expect(html).toContain('Not known yet')
    }
  })

  test('marks each number that should be 0 and is not, and no other', () => {
    const alerts = (html: string) => tagsIn(html).filter(({ attributes }) => attributes.get('data-tone') === 'alert').length
    expect(alerts(hubView(hub({ coalesced: 5, items: [upstream({ received: 7, duplicates: 3 })] }), operator))).toBe(0)
    expect(alerts(hubView(hub({ gaps: 1, dropped: 9, cuts: 1, items: [upstream({ refused: 2, losses: 1 })] }), operator))).toBe(5)
  })

  test('draws a gap where nothing is known, and the baseline where nothing happened', () => {
    const html = hubView(hub({ per_second: { now: 0, minute: 1, history: [null, 0, 4, 2] } }), operator)
    const [bars, now] = [...html.matchAll(/<path[^>]* d="([^"]*)"/g)].map(([, d]) => d)
    expect([bars, now]).toEqual(['M4 40v-1h3v1zM8 40v-40h3v40z', 'M12 40v-20.5h3v20.5z'])
  })

  test('shows foreign text as text, has unique ids, and no inline script', () => {
    const items = [upstream({ target: HOSTILE, last_error: HOSTILE, state: 'waiting' })]
    const html = hubView({ ...hub({ items }), troubles: troubles(hub({ items })) }, operator)
    const tags = tagsIn(html)
    expect(html).toContain('&lt;img src=x')
    expect(tags.filter(({ name, attributes }) => name === 'img' || attributes.has('hx-get') || attributes.has('style'))).toEqual([])
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(ids).toEqual([...new Set(ids)])
    for (const tag of tags.filter(({ attributes }) => attributes.get('title') === HOSTILE)) {
      expect([tag, ...tag.inside].some(({ attributes }) => attributes.has('hx-disable'))).toBe(true)
    }
  })
})
