import { environment } from '../config/config.ts'
import type { HubState } from '../hub/hub.ts'
import { printable } from '../input/printable.ts'
import { ask } from './ask.ts'
import { EXIT } from './complain.ts'
import { machine } from './machine.ts'

export const help = `telltale doctor: print what works on this computer, and a running server's problems and state

  --data DIR   the server's data folder (TELLTALE_DATA, here: ${environment.data})

It also prints the database's engine and size, and the slowest statements of the last hour. The exit code is 0 without
problems, 1 with some, and 69 if no server responds.
`

const MIB = 1024 * 1024
const SHOWN = 3

export const doctor = (args: string[]): Promise<number> =>
  ask('doctor', args, async (wire, data) => {
    for (const [name, words] of await machine(data)) say(name, words)
    const { body } = await wire.call<HubState>('GET', '/api/hub')
    for (const [name, words] of report(body)) say(name, words)
    return body.troubles.length === 0 ? 0 : EXIT.failure
  })

const WIDTH = 12
const say = (name: string, words: string) => console.log(printable(name.padEnd(WIDTH) + words))

function report({ troubles, database, seq, epoch, started_at, waiting }: HubState): [string, string][] {
  const { engine, version, missing, bytes, free_bytes, groups, changes, largest_group, slowest } = database
  const size = (count: number) => `${(count / MIB).toFixed(1)} MiB`
  return [
    ['server', `up since ${started_at}, at event ${seq} of epoch ${epoch}`],
    ['database', `${engine} ${version}, ${size(bytes)}, of which ${size(free_bytes)} are free`],
    ...missing.map((one): [string, string] => ['missing', one]),
    ['writes', `${changes} changes in ${groups} commits, at most ${largest_group} in one; ${waiting} waiting`],
    ...slowest.slice(0, SHOWN).map(({ ms, sql }): [string, string] => ['slowest', `${ms.toFixed(1)} ms  ${sql}`]),
    ...(troubles.length === 0 ? [['problems', 'none'] as [string, string]] : troubles.map((trouble): [string, string] => ['problem', trouble])),
  ]
}
