import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { newLink } from '../access/sessions.ts'
import { commandLine, controlSocket } from '../config/command.ts'
import { type Config, configFrom, configHelp, UsageError } from '../config/config.ts'
import { limitsFrom } from '../config/file.ts'
import { upstreamsFrom } from '../config/upstreams.ts'
import { FolderInUse, lockFolder } from '../db/folder/lock.ts'
import { lockDatabase, NewerDatabase, openingFailureOf, UnusableServer } from '../db/index.ts'
import { localOriginOf, originOf, programOriginOf } from '../http/gate/host.ts'
import { signInUrl } from '../http/routes/sign-in.ts'
import { createSite, type Telltale } from '../site.ts'
import { slices } from '../slices.ts'
import { complain } from './complain.ts'
import { makeDataFolder } from './data-folder.ts'
import { Door, HalfTaken } from './door.ts'

export const help = `telltale serve: start the server, for this machine only

${configHelp()}

Exit codes: 0 stopped, 1 failed, 2 wrong usage, 65 the data is from a newer version,
69 the database server cannot be used.
`

const EXIT = { failure: 1, usage: 2, newer: 65, unavailable: 69 } as const
const SOCKET_PATH_LENGTH = 103

export async function serve(args: string[]): Promise<number> {
  let config: Config
  try {
    config = configFrom(args)
    config.upstreams = upstreamsFrom(config)
    config.limits = limitsFrom(config)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return refuse(EXIT.usage, error.message)
  }
  try {
    return await run(config)
  } catch (error) {
    if (error instanceof NewerDatabase) return refuse(EXIT.newer, error.message)
    if (error instanceof UnusableServer) return refuse(EXIT.unavailable, error.message)
    const sentence = inWords(error, config)
    if (sentence) return refuse(EXIT.failure, sentence)
    throw error
  }
}

/** The port is opened first, so that a failed start creates nothing. */
async function run(config: Config): Promise<number> {
  const door = await Door.open(config.host, config.port)
  const made = makeDataFolder(config.data)
  const locks: { release(): void | Promise<void> }[] = []
  let app: Telltale | undefined
  try {
    const socket = controlSocket(config.data)
    if (socket.length > SOCKET_PATH_LENGTH) throw new UsageError(`the data folder's path is too long for a Unix socket: ${config.data}`)
    locks.push(lockFolder(config.data))
    if (config['database-url']) locks.push(await lockDatabase(config['database-url']))
    app = await createSite({ config, file: join(config.data, 'telltale.db'), slices })
    app.address.port = door.port
    await door.serve(app, socket)
    await greet(app, config)
    await app.start()
    const signal = await untilSignal()
    app.log.info(`${signal}: stopping`)
    door.drain()
    await app.stop()
    await door.close()
    await app.close()
    return 0
  } catch (error) {
    await door.close()
    if (made && !app) rmSync(config.data, { recursive: true, force: true })
    throw error
  } finally {
    for (const lock of locks.reverse()) await lock.release()
  }
}

/** Prints where the server listens. A sign-in link is a credential, so it is printed only to a terminal, never to a journal. */
async function greet(app: Telltale, config: Config) {
  const signIn = process.stdout.isTTY ? `${signInUrl(app, await newLink(app))}   (one use, 10 minutes)` : `for a link, run ${commandLine(config.data, 'open')}`
  const places = config['public-url'] ? `${originOf(app)}   (on this computer: ${localOriginOf(app)})` : `${originOf(app)}   (this computer only)`
  console.log(`
  Sign in    ${signIn}
  Dashboard  ${places}
  API        ${programOriginOf(app)}   (with a token)
  Data       ${config.data}${
    config['database-url']
      ? `
  Database   ${placeOf(config['database-url'])}`
      : ''
  }
`)
}

/** Without the password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}

/** The first signal stops the server, a second one ends it at once. A closed terminal sends HUP. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.kill(process.pid, 'SIGKILL'))
        resolve(signal)
      })
    }
  })
}

function inWords(error: unknown, { port, host, data }: Config): string | undefined {
  if (error instanceof FolderInUse || error instanceof UsageError || error instanceof HalfTaken) return error.message
  const code = (error as { code?: string } | null)?.code
  if (code === 'EADDRINUSE') return (existsSync(data) && ownerOf(data)) || `the port ${port} is in use; choose another with --port, or stop what listens there`
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${host}`
  const failure = openingFailureOf(error)
  if (failure === 'unwritable') return `the data folder ${data} cannot be written`
  if (failure === 'full') return `the disk of the data folder ${data} is full`
  return failure && `the database in ${data} is damaged; restore a backup`
}

function ownerOf(folder: string): string | undefined {
  try {
    lockFolder(folder).release()
    return undefined
  } catch (error) {
    return error instanceof FolderInUse ? error.message : undefined
  }
}

function refuse(code: number, sentence: string): number {
  complain(`telltale: ${sentence}`)
  return code
}
