import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { duration, elapsed, relative } from '../../views/ui/time.tsx'

const NOW = new Date(2026, 10, 21, 12, 0, 0).getTime()
const before = (seconds: number) => relative(NOW - seconds * 1000, NOW)

describe('time in words', () => {
  it.each([
    [0, 'now'],
    [42, '42s'],
    [5 * 60 + 59, '5m'],
    [3 * 3600 + 12 * 60, '3h 12m'],
    [-240, 'in 4m'],
    [22 * 3600, 'yesterday 14:00'],
    [9 * 86_400, '12 Nov 12:00'],
    [400 * 86_400, '17 Oct 2025 12:00'],
  ])('%i seconds ago is %s', (seconds, words) => expect(before(seconds)).toBe(words))

  it('counts up without ever being negative', () => {
    expect([-5000, 42_000, 725_000, 10_931_000].map(elapsed)).toEqual(['00:00', '00:42', '12:05', '3:02:11'])
  })

  it('tells how long something took as exactly as is worth it', () => {
    expect([80, 1400, 42_000, 312_000, 11_520_000, 187_200_000].map(duration)).toEqual(['80 ms', '1.4 s', '42 s', '5m 12s', '3h 12m', '2d 4h'])
  })
})

type Rgb = readonly number[]
const AA = 4.5
const TINT = 0.12
const TEXTS = ['ink', 'ink-soft', 'ink-faint', 'blue', 'magenta', 'amber', 'teal', 'red', 'cyan']
const tokens = readFileSync('public/css/tokens.css', 'utf8')

const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
const mix = (over: Rgb, under: Rgb, share: number): Rgb => over.map((channel, i) => channel * share + (under[i] ?? 0) * (1 - share))
const linear = (channel: number) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4)
const luminance = ([r = 0, g = 0, b = 0]: Rgb) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)

function contrast(a: Rgb, b: Rgb): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function raw(name: string, theme: 'light' | 'dark'): Rgb {
  const [, light = '', dark = ''] = new RegExp(`--raw-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens) ?? []
  return rgb(theme === 'light' ? light : dark)
}

describe.each(['light', 'dark'] as const)('in the %s', (theme) => {
  it.each(TEXTS)('%s can be read on the page, on what is sunk, under the pointer, and on its own tint', (name) => {
    const text = raw(name, theme)
    const surfaces = ['page', 'sunk', 'raised', 'hover'].map((surface) => raw(surface, theme))
    for (const surface of [...surfaces, mix(text, raw('page', theme), TINT)]) expect(contrast(text, surface)).toBeGreaterThanOrEqual(AA)
  })

  it('the edge of a field can be seen', () => {
    for (const surface of ['page', 'sunk', 'raised']) expect(contrast(raw('edge', theme), raw(surface, theme))).toBeGreaterThanOrEqual(3)
  })

  it('the words of the one solid pill can be read', () => expect(contrast(raw('page', theme), raw('magenta', theme))).toBeGreaterThanOrEqual(AA))
})

it('the stylesheets name raw colours in one place only, and never shout', () => {
  for (const file of readdirSync('public/css', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'))) {
    const css = readFileSync(`public/css/${file}`, 'utf8')
    expect(css, file).not.toMatch(/!important|#[a-z][\w-]*\s*\{|prefers-color-scheme/)
    if (file !== 'tokens.css' && file !== 'task/ansi.css') expect(css, file).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|light-dark\(/)
  }
})
