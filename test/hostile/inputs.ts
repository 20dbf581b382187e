const MEBIBYTE = 1_048_576
const ESC = '\x1b'

/** About a mebibyte each of what stops a program that is not careful. */
export const INPUTS: Record<string, Buffer> = {
  'carriage returns': fill('\r'),
  'line feeds': fill('\n'),
  'open sequences': fill(`${ESC}[`),
  'open links': fill(`${ESC}]8;;`),
  colours: fill(`${ESC}[31mx`),
  NULs: fill('\0'),
  'bytes 0xFF': Buffer.alloc(MEBIBYTE, 0xff),
  spaces: fill(' '),
  parentheses: fill('('),
  'one line without end': fill('x'),
  'deep JSON': fill('['),
  'deep objects': fill('{"a":'),
  quotes: fill('"'),
  'short lines': fill('1 \n'),
  'many names': Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, 1])))),
}

function fill(piece: string): Buffer {
  return Buffer.alloc(MEBIBYTE, piece)
}
