import { describe, expect, it } from 'vitest'
import { slices } from '../../../src/slices.ts'
import { keySheet } from '../../../views/palette/keys.tsx'
import { shortcuts } from '../../../views/palette/shortcuts.ts'
import { nav } from '../../../views/shell/nav.tsx'
import { type Tag, tagsIn } from '../../views/markup.ts'
import { everyPage, everyView } from '../../views/pages.ts'
import { operator } from '../../views/samples.ts'

const SHEET = shortcuts(
  slices.flatMap(({ key, title }) => (key ? [{ key, title, isEverywhere: true }] : [])),
  slices.flatMap(({ keys = [] }) => keys),
)
const keys = SHEET.flatMap((group) => group.keys)
const links = nav(
  slices.map(({ noun: { many: name }, title, icon, key, group }) => ({
    name,
    title,
    icon,
    ...(key && { key }),
    href: `/${name}`,
    group,
    links: [],
    current: false,
  })),
)
const shell = Object.entries(everyPage('Plain')).filter(([name]) => !['error', 'signIn'].includes(name))
const rendered = [links, ...Object.values(everyPage('Plain')), ...Object.values(everyView('Plain'))]
const PRESSED = new Set(['a', 'button', 'summary', 'input'])

const controlsOf = (html: string) => tagsIn(html).filter(({ attributes }) => attributes.has('data-key'))
const keysOf = ({ attributes }: Tag) => (attributes.get('data-key') ?? '').split(',')

describe('every key of the sheet', () => {
  it.each(keys.map(({ key, title }) => [key, title]))('%s (%s) has a control that a hand can press', (key) => {
    const controls = rendered.flatMap(controlsOf).filter((control) => keysOf(control).includes(key))
    expect(controls.length).toBeGreaterThan(0)
    for (const { name } of controls) expect(PRESSED).toContain(name)
  })

  it.each(shell)('that works everywhere has one on the page %s', (_, html) => {
    const there = controlsOf(html + links).flatMap(keysOf)
    for (const { key } of keys.filter(({ isEverywhere }) => isEverywhere)) expect(there, key).toContain(key)
  })

  it('is named once, and no key is another’s beginning', () => {
    const names = keys.map(({ key }) => key)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(names.filter((other) => other.startsWith(`${name} `))).toEqual([])
  })
})

it('every key of a control is on the sheet', () => {
  const known = new Set(keys.map(({ key }) => key))
  for (const key of rendered.flatMap(controlsOf).flatMap(keysOf)) expect(known, key).toContain(key)
})

it('the sheet names every key and can switch them off', () => {
  const html = keySheet(SHEET, operator)
  for (const { title } of keys) expect(html).toContain(title)
  const box = (sheet: string) => tagsIn(sheet).find(({ attributes }) => attributes.has('data-keys-switch'))
  expect(box(html)?.attributes.has('checked')).toBe(true)
  expect(box(keySheet(SHEET, { ...operator, preferences: { ...operator.preferences, keys: 'off' } }))?.attributes.has('checked')).toBe(false)
})

it('every icon is hidden from screen readers, inside something with a label', () => {
  for (const html of rendered) {
    for (const tag of tagsIn(html).filter(({ name, attributes }) => name === 'svg' && attributes.get('role') !== 'img')) {
      expect(tag.attributes.get('aria-hidden')).toBe('true')
    }
    for (const [whole, , attributes = '', inner = ''] of html.matchAll(/<(button|a|summary)\b([^>]*)>(.*?)<\/\1>/gs)) {
      expect(/aria-label=/.test(attributes) || inner.replace(/<[^>]*>/g, '').trim() !== '', whole).toBe(true)
    }
  }
})
