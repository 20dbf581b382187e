import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { argument } from './texts.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/
/** Set by the worker for each attempt. */
const OWN = 'TELLTALE_'
const MOST_VARIABLES = 200
const MOST_BYTES = 32_768

/** The folder that a command runs in, on its worker; by default the worker's own. */
export const cwd = argument(4096).refine(isAbsolute, 'Give the whole path of the folder, such as /home/ana/shop.')

/** Variables for a command, as a map, or as a form sends them: NAME=VALUE, one in each line. */
export const environment = z.preprocess(
  (value) => (typeof value === 'string' ? fromLines(value) : value),
  z
    .record(
      z
        .string()
        .regex(NAME, 'The name of a variable has letters, digits and underscores, and does not start with a digit.')
        .refine((name) => !name.startsWith(OWN), `Names that start with ${OWN} are set by Telltale.`),
      argument(MOST_BYTES),
    )
    .refine((all) => Object.keys(all).length <= MOST_VARIABLES, `A task has at most ${MOST_VARIABLES} variables.`)
    .refine((all) => Buffer.byteLength(JSON.stringify(all)) <= MOST_BYTES, `All variables together have at most ${MOST_BYTES / 1024} KiB.`),
)

function fromLines(text: string): unknown {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return Object.fromEntries(lines.map((line) => [nameIn(line), line.slice(nameIn(line).length + 1)]))
}

/** What is before the first equals sign, which a value may contain. */
const nameIn = (line: string) => /^[^=]*/.exec(line)?.[0] ?? ''
