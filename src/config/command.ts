import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quoted } from '../input/shell.ts'

export const PROGRAM = fileURLToPath(new URL('../telltale', import.meta.url))

/** In the data folder: whoever can use it is the owner. */
export const controlSocket = (data: string): string => join(data, 'control.sock')

/** A command of this program for the server with this data folder. It works in any folder. */
export const commandLine = (data: string, verb: string, rest = ''): string => [PROGRAM, verb, '--data', data].map(quoted).join(' ') + (rest && ` ${rest}`)

/** A request to that server as its owner. `path` begins with a slash. */
export const curlLine = (data: string, path: string, options = ''): string =>
  `curl ${options && `${options} `}--unix-socket ${quoted(controlSocket(data))} ${quoted(`http://telltale${path}`)}`
