import { printable } from '../live/printable.ts'

/** Prints one line on stderr, also of a message of several; what a server or an argument put into it cannot control the terminal. */
export const complain = (message: string) => console.error(printable(message.replaceAll('\n', ' ')))
