export interface TextStyle {
  readonly classes: string
}

type Attribute = 'bold' | 'faint' | 'italic' | 'underline' | 'strike'

interface Look extends TextStyle, Partial<Record<Attribute, true>> {
  readonly fg?: string
  readonly bg?: string
  readonly inverse?: true
}

export const PLAIN: TextStyle = { classes: '' }

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
const DIM = [0, 0, 0, 187, 0, 0, 0, 187, 0, 187, 187, 0, 0, 0, 187, 187, 0, 187, 0, 187, 187, 255, 255, 255]
const BRIGHT = [85, 85, 85, 255, 85, 85, 0, 255, 0, 255, 255, 85, 85, 85, 255, 255, 85, 255, 85, 255, 255, 255, 255, 255]
const NAMED = [...NAMES, ...NAMES.map((name) => `bright-${name}`)]
const PALETTE = [...DIM, ...BRIGHT]
const ATTRIBUTES: readonly Attribute[] = ['bold', 'faint', 'italic', 'underline', 'strike']
const SETS: Record<number, Attribute> = { 1: 'bold', 2: 'faint', 3: 'italic', 4: 'underline', 9: 'strike', 21: 'underline' }
const CLEARS: Record<number, readonly Attribute[]> = { 22: ['bold', 'faint'], 23: ['italic'], 24: ['underline'], 29: ['strike'] }
/** Real sequences are short; terminals also ignore long ones. */
const MOST_CHARACTERS = 256
const MOST_KEPT = 4_096
const kept = new Map<string, Look>()
const steps = new Map<string, TextStyle>()

/** The style after `ESC [ codes m` (ECMA-48, 8.3.117; colours as in ISO 8613-6). */
export function restyled(style: TextStyle, codes: string): TextStyle {
  if (codes === '' || codes === '0') return PLAIN
  if (codes.length > MOST_CHARACTERS) return style
  const key = `${keyOf(style)};${codes}`
  const found = steps.get(key)
  if (found) return found
  const made = step(style, codes)
  if (steps.size >= MOST_KEPT) steps.clear()
  steps.set(key, made)
  return made
}

function step(style: TextStyle, codes: string): TextStyle {
  const next: Record<string, unknown> = { ...style }
  const words = codes.split(';')
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (word.includes(':')) withParts(next, word.split(':'))
    else if (word === '38' || word === '48') at += withColour(next, word, words.slice(at + 1, at + 5))
    else withCode(next, Number(word))
  }
  return known(next as Partial<Look>)
}

function withCode(style: Record<string, unknown>, code: number) {
  if (code === 0) for (const name of Object.keys(style)) delete style[name]
  if (code === 7) style.inverse = true
  if (code === 27) delete style.inverse
  if (code === 39) delete style.fg
  if (code === 49) delete style.bg
  const set = SETS[code]
  if (set) style[set] = true
  for (const name of CLEARS[code] ?? []) delete style[name]
  const decade = Math.floor(code / 10)
  if (code % 10 > 7) return
  if (decade === 3 || decade === 9) style.fg = NAMED[(code % 10) + (decade === 9 ? 8 : 0)]
  if (decade === 4 || decade === 10) style.bg = NAMED[(code % 10) + (decade === 10 ? 8 : 0)]
}

function withParts(style: Record<string, unknown>, [code = '', kind = '', ...rest]: string[]) {
  if (code === '4') withCode(style, kind === '0' ? 24 : 4)
  else if (code === '38' || code === '48') withColour(style, code, [kind, ...(kind === '2' && rest.length > 3 ? rest.slice(1) : rest)])
}

function withColour(style: Record<string, unknown>, code: string, [kind, ...numbers]: string[]): number {
  const [red = 0, green = 0, blue = 0] = numbers.map((word) => Math.min(255, Number(word) || 0))
  if (kind !== '2' && kind !== '5') return 0
  style[code === '38' ? 'fg' : 'bg'] = kind === '5' ? indexed(red) : nearest(red, green, blue)
  return kind === '5' ? 2 : 4
}

function indexed(index: number): string {
  if (index < 16) return NAMED[index] as string
  if (index > 231) return nearest(...grey(8 + (index - 232) * 10))
  const step = (of: number) => (of === 0 ? 0 : 55 + of * 40)
  const cube = index - 16
  return nearest(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6))
}

const grey = (level: number): [number, number, number] => [level, level, level]

function nearest(red: number, green: number, blue: number): string {
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let at = 0; at < PALETTE.length; at += 3) {
    const far = (red - (PALETTE[at] as number)) ** 2 + (green - (PALETTE[at + 1] as number)) ** 2 + (blue - (PALETTE[at + 2] as number)) ** 2
    if (far < least) [best, least] = [at / 3, far]
  }
  return NAMED[best] as string
}

function known(look: Partial<Look>): TextStyle {
  const classes = classesOf(look)
  if (classes === '') return PLAIN
  const key = keyOf({ ...look, classes })
  const found = kept.get(key)
  if (found) return found
  const made = { ...look, classes }
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, made)
  return made
}

/** Inverse video can have the same classes as two plain colours. */
const keyOf = (look: TextStyle & Partial<Look>) => (look.inverse ? `${look.classes} inverse` : look.classes)

function classesOf({ fg, bg, inverse, ...attributes }: Partial<Look>): string {
  const [front, back] = inverse ? [bg, fg] : [fg, bg]
  const classes = ATTRIBUTES.filter((name) => attributes[name]).map((name) => `ansi-${name}`)
  if (front) classes.push(`ansi-${front}-fg`)
  if (back) classes.push(`ansi-${back}-bg`)
  if (inverse && !back) classes.push('ansi-inverse')
  return classes.join(' ')
}
