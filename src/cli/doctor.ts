import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment } from '../config/config.ts'
import type { HubState } from '../hub/hub.ts'
import { printable } from '../input/printable.ts'
import { complain, EXIT, failed } from './complain.ts'

export const help = `telltale doctor: what a running server says of itself

  --data DIR   the server's data folder (TELLTALE_DATA, default: data)

It prints the server's problems, its database, and the slowest statements of the last hour. The exit code is 0 without
problems, 1 with some, and 69 if no server responds.
`

const MIB = 1024 * 1024
const SHOWN = 5

export async function doctor(args: string[]): Promise<number> {
  let data: string
  try {
    data = parseArgs({ args, options: { data: { type: 'string' } } }).values.data ?? environment.data
  } catch (error) {
    complain(`telltale doctor: ${(error as Error).message}`)
    return EXIT.usage
  }
  const wire = new Wire({ data })
  try {
    const { body } = await wire.call<HubState>('GET', '/api/hub')
    for (const line of report(body)) console.log(printable(line))
    return body.troubles.length === 0 ? 0 : EXIT.failure
  } catch (error) {
    return failed(error)
  } finally {
    wire.close()
  }
}

function report({ troubles, database, seq, epoch, started_at, waiting }: HubState): string[] {
  const { engine, version, missing, bytes, free_bytes, groups, changes, largest_group, slowest } = database
  const size = (count: number) => `${(count / MIB).toFixed(1)} MiB`
  return [
    ...(troubles.length === 0 ? ['problems    none'] : troubles.map((trouble) => `problem     ${trouble}`)),
    `server      up since ${started_at}, at event ${seq} of epoch ${epoch}`,
    `database    ${engine} ${version}, ${size(bytes)}, of which ${size(free_bytes)} are free`,
    ...missing.map((one) => `missing     ${one}`),
    `writes      ${changes} changes in ${groups} commits, at most ${largest_group} in one; ${waiting} waiting`,
    ...slowest.slice(0, SHOWN).map(({ ms, sql }) => `slowest     ${ms.toFixed(1)} ms  ${sql}`),
  ]
}
