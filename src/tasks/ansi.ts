import { AnsiUp } from 'ansi_up'

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
const DIM = [0, 0, 0, 187, 0, 0, 0, 187, 0, 187, 187, 0, 0, 0, 187, 187, 0, 187, 0, 187, 187, 255, 255, 255]
const BRIGHT = [85, 85, 85, 255, 85, 85, 0, 255, 0, 255, 255, 85, 85, 85, 255, 255, 85, 255, 85, 255, 255, 255, 255, 255]

/**
 * Turns lines into escaped HTML with colours as classes. It keeps the colour from one line to the next, as a terminal
 * does. The library writes bold and the 256 colours as inline styles, which the page's policy forbids: they become the
 * nearest class.
 */
export function colours(): (line: string) => string {
  const ansi = Object.assign(new AnsiUp(), { use_classes: true, url_allowlist: {} })
  // The library escapes `<` in text, so what looks like a tag here is one of its own.
  return (line) =>
    ansi
      .ansi_to_html(line)
      .replace(
        /<span style="([^"]*)"(?: class="([^"]*)")?>/g,
        (_, style: string, names = '') => `<span class="${[...classesOf(style), names].filter(Boolean).join(' ')}">`,
      )
}

function classesOf(style: string): string[] {
  return style.split(';').flatMap((declaration) => {
    const [property, value = ''] = declaration.split(':')
    if (property === 'font-weight') return ['ansi-bold']
    if (property === 'opacity') return ['ansi-faint']
    if (property === 'font-style') return ['ansi-italic']
    if (property === 'text-decoration') return ['ansi-underline']
    if (property === 'color') return [`ansi-${nearest(value)}-fg`]
    if (property === 'background-color') return [`ansi-${nearest(value)}-bg`]
    return []
  })
}

function nearest(rgb: string): string {
  const wanted = rgb.match(/\d+/g)?.map(Number) ?? [0, 0, 0]
  const distance = (palette: readonly number[], i: number) => wanted.reduce((sum, part, channel) => sum + (part - (palette[i * 3 + channel] ?? 0)) ** 2, 0)
  const candidates = NAMES.flatMap((name, i) => [
    { name, far: distance(DIM, i) },
    { name: `bright-${name}`, far: distance(BRIGHT, i) },
  ])
  return candidates.reduce((best, candidate) => (candidate.far < best.far ? candidate : best)).name
}
