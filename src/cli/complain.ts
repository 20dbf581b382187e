import { Refused, Unreachable } from '../client/wire.js'
import { printable } from '../input/printable.ts'

/** The exit codes of all verbs; 69 is EX_UNAVAILABLE of sysexits.h. */
export const EXIT = { failure: 1, usage: 2, unreachable: 69 } as const

/** Prints one line on stderr, escaped so that it cannot control the terminal. */
export const complain = (message: string) => console.error(printable(message.replaceAll('\n', ' ')))

export function failed(error: unknown): number {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  complain(`telltale: ${error.message}`)
  return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure
}
