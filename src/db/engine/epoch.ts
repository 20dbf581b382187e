import { randomBytes } from 'node:crypto'

/** Eight random base32 characters, a letter first so that it is never read as a number. Names one unbroken run of the event counter. */
export function newEpoch(): string {
  const characters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const [first = 0, ...rest] = randomBytes(8)
  return characters.charAt(first % 24) + Array.from(rest, (byte) => characters.charAt(byte % characters.length)).join('')
}
