import { resolve } from 'node:path'
import { Refused, Unreachable } from '../client/wire.js'
import { commandLine } from '../config/command.ts'
import { printable } from '../input/printable.ts'

/** The exit codes of all verbs; 69 is EX_UNAVAILABLE of sysexits.h. */
export const EXIT = { failure: 1, usage: 2, unreachable: 69 } as const

/** Prints one line on stderr, escaped so that it cannot control the terminal. */
export const complain = (message: string) => console.error(printable(message.replaceAll('\n', ' ')))

interface ServerPlace {
  url?: string | undefined
  data?: string | undefined
}

const hint = ({ url, data }: ServerPlace) => (url || !data ? '' : `; to start it: ${commandLine(resolve(data), 'serve')}`)

/** The exit code for an error of a request to `server`, with a line about it. */
export function failed(error: unknown, server: ServerPlace): number {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  complain(`telltale: ${error.message}${error instanceof Unreachable ? hint(server) : ''}`)
  return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure
}
