import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Tag, tagsIn } from './markup.ts'
import { everyPage, everyView } from './pages.ts'
import { reader } from './samples.ts'

const HOSTILE = `"><img src=x onerror=alert(1)><div hx-get="/x" hx-trigger="load">'&`
const CONTROLS = new Set(['input', 'select', 'textarea'])
const pages = Object.entries(everyPage('Plain'))
const icons = new Set([...readFileSync('public/icons.svg', 'utf8').matchAll(/<symbol id="([^"]+)"/g)].map(([, id]) => id))

describe('foreign text', () => {
  it.each(Object.entries({ ...everyView(HOSTILE), ...everyPage(HOSTILE) }))('stays text in %s', (_, html) => {
    const tags = tagsIn(html)
    expect(tags.filter(({ name }) => name === 'img')).toEqual([])
    expect(tags.filter(({ attributes }) => attributes.get('hx-trigger') === 'load' || attributes.get('hx-get') === '/x')).toEqual([])
  })

  it('does reach the views: each of them shows it, escaped', () => {
    const { taskLog: _, taskEmpty: __, ...views } = everyView(HOSTILE)
    for (const [name, html] of Object.entries(views)) expect(html.includes('&lt;img src=x') || html.includes('value="&#34;><img src=x'), name).toBe(true)
  })

  it('comes back from an attribute as it was written', () => {
    const text = `grep '&lt;' "a&b" &amp; `
    const { taskForm = '', taskList = '', taskDetail = '', confirmPage = '', workerHead = '' } = everyView(text)
    const values = (html: string, key: string) => tagsIn(html).map(({ attributes }) => attributes.get(key))
    for (const html of [taskForm, workerHead, confirmPage]) expect(values(html, 'value')).toContain(text)
    expect(values(taskList, 'title')).toContain(text)
    expect(values(taskDetail, 'data-copy')).toContain(text)
  })

  it('stands where htmx does not look', () => {
    const { taskDetail = '', taskList = '', workerList = '' } = everyView('Title of a stranger')
    for (const html of [taskDetail, taskList, workerList]) {
      for (const tag of tagsIn(html).filter(({ attributes }) => attributes.get('title') === 'Title of a stranger')) {
        expect([tag, ...tag.inside].some(({ attributes }) => attributes.has('hx-disable'))).toBe(true)
      }
    }
  })
})

describe('every page', () => {
  it.each(pages)('%s closes what it opens and names every element once', (_, html) => {
    const ids = tagsIn(html).flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(ids).toEqual([...new Set(ids)])
  })

  it.each(pages)('%s has no script, style or handler of its own', (_, html) => {
    for (const { name, attributes } of tagsIn(html)) {
      expect(attributes.has('style'), name).toBe(false)
      expect([...attributes.keys()].filter((key) => /^(on|hx-on|hx-vals|hx-vars)/.test(key))).toEqual([])
      if (name === 'script') expect(attributes.has('src') && attributes.has('defer')).toBe(true)
      expect(name).not.toBe('style')
    }
    expect(html).not.toContain('js:')
  })

  it.each(pages)('%s labels every control, and gives every button and link a word', (_, html) => {
    const tags = tagsIn(html)
    const labelled = new Set(tags.filter(({ name }) => name === 'label').map(({ attributes }) => attributes.get('for')))
    const isLabelled = ({ attributes, inside }: Tag) =>
      attributes.has('aria-label') || labelled.has(attributes.get('id')) || inside.some(({ name }) => name === 'label') || attributes.get('type') === 'hidden'
    for (const tag of tags.filter(({ name }) => CONTROLS.has(name))) expect(isLabelled(tag), tag.attributes.get('name')).toBe(true)
    for (const [whole, , attributes = '', inner = ''] of html.matchAll(/<(button|a|summary)\b([^>]*)>(.*?)<\/\1>/gs)) {
      expect(/aria-label=/.test(attributes) || inner.replace(/<[^>]*>/g, '').trim() !== '', whole).toBe(true)
    }
  })

  it.each(pages)('%s uses only icons that there are', (_, html) => {
    for (const [, id] of html.matchAll(/icons\.svg#([a-z-]+)/g)) expect(icons, id).toContain(id)
  })

  it('asks for itself only from outside what is swapped', () => {
    for (const [name, html] of Object.entries(everyView('Plain'))) expect(html, name).not.toContain('sse:')
    expect(pages.find(([name]) => name === 'tasks')?.[1]).toContain('hx-trigger="sse:tasks-changed"')
  })

  it('targets only what is on it', () => {
    for (const [name, html] of pages) {
      for (const [, id] of html.matchAll(/hx-target="#([^"]+)"/g)) expect(html, `${name} targets ${id}`).toContain(`id="${id}"`)
    }
  })

  it('sends every change by post, also without script', () => {
    for (const [name, html] of pages) {
      const forms = tagsIn(html).filter((tag) => tag.name === 'form')
      for (const { attributes } of forms) expect(attributes.get('action'), name).toBe(attributes.get('hx-post') ?? attributes.get('action'))
      for (const { attributes } of forms.filter((form) => form.attributes.has('hx-post'))) expect(attributes.get('method')).toBe('post')
    }
  })
})

it('offers no change to a viewer', () => {
  const forms = Object.values(everyView('Plain', reader)).flatMap((html) => tagsIn(html).filter(({ name }) => name === 'form'))
  const posts = forms.filter(({ attributes }) => attributes.get('method') === 'post').map(({ attributes }) => attributes.get('action'))
  expect(posts.filter((action) => action !== '/api/tasks/bulk' && action !== '/api/tasks')).toEqual([])
  expect(everyView('Plain').taskDetail).toContain('method="post"')
})
