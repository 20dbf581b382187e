const MOST_CHARACTERS = 500
/** So much of a long line comes before the text. */
const BEFORE = 40

/** A line from shortly before a text, which is in lower case; undefined if it is not in it. */
export function excerpt(line: string, wanted: string): string | undefined {
  const at = line.toLowerCase().indexOf(wanted)
  if (at === -1) return undefined
  const begin = at > BEFORE ? at - BEFORE : 0
  return `${begin > 0 ? '…' : ''}${line.slice(begin, begin + MOST_CHARACTERS)}`.toWellFormed()
}
