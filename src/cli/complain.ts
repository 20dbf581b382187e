import { printable } from '../live/printable.ts'

/** Prints one line on stderr; what a server or an argument put into it cannot control the terminal. */
export const complain = (line: string) => console.error(printable(line))
