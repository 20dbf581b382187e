import { Refused, Unreachable } from '../client/wire.js'
import { printable } from '../live/printable.ts'

/** The exit codes of all verbs; 69 is EX_UNAVAILABLE of sysexits.h. */
export const EXIT = { failure: 1, usage: 2, unreachable: 69 } as const

/** Prints one line on stderr, also of a message of several; what a server or an argument put into it cannot control the terminal. */
export const complain = (message: string) => console.error(printable(message.replaceAll('\n', ' ')))

/** Prints in one line why a verb failed, and returns its exit code. Throws what is neither Refused nor Unreachable. */
export function failed(error: unknown): number {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  complain(`telltale: ${error.message}`)
  return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure
}
