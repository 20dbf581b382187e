import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { commandLine } from '../config/command.ts'
import { readOwnFile } from '../input/own-file.ts'
import { invalid, notFound } from '../input/problem.ts'
import { argument } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import { events } from './events.ts'

const FOLDER = 'secrets'
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
/** A shorter one would blank out ordinary words in the output. */
const LEAST = 4
const MOST_BYTES = 16_384
const MOST = 500
const REFERENCE = /^secret:(.*)$/s

export const secretName = z.string().regex(NAME, 'The name of a secret has letters, digits and underscores, and does not start with a digit.')
export const NewSecret = z.strictObject({
  name: secretName,
  value: argument(MOST_BYTES)
    .min(LEAST, `A secret has at least ${LEAST} characters, so that it can be hidden in output.`)
    .refine((value) => Buffer.byteLength(value) <= MOST_BYTES, `A secret has at most ${MOST_BYTES / 1024} KiB.`),
})

/** Its value leaves the server only for the environment of a command that names it. */
export interface KeptSecret {
  name: string
  changed_at: string
}

export async function list(app: App): Promise<KeptSecret[]> {
  const names = await namesIn(app)
  return Promise.all(names.sort().map(async (name) => ({ name, changed_at: (await stat(pathOf(app, name))).mtime.toISOString() })))
}

/** Sets a secret, or replaces its value. If this throws, the new value may have been set: setting it again is safe. */
export function keep(app: App, caller: Caller, { name, value }: z.infer<typeof NewSecret>): Promise<Mutation<KeptSecret>> {
  return app.mutate(caller, async (tx) => {
    await refuseTooMany(app, name)
    await log(tx, name, 'secret_set')
    write(app, name, value)
    return { name, changed_at: new Date(tx.now).toISOString() }
  })
}

/** Throws not_found. */
export function remove(app: App, caller: Caller, name: string): Promise<Mutation<{ name: string }>> {
  return app.mutate(caller, async (tx) => {
    if (!(await namesIn(app)).includes(name)) throw notFound(`There is no secret ${name}.`)
    await log(tx, name, 'secret_removed')
    tx.after(() => rmSync(pathOf(app, name), { force: true }))
    return { name }
  })
}

/** Throws invalid if a variable refers to a secret that does not exist. */
export async function mustExist(app: App, variables: Readonly<Record<string, string>>) {
  const references = referencesIn(variables)
  if (references.length === 0) return
  const names = await namesIn(app)
  for (const [variable, name] of references) if (!names.includes(name)) throw missing(app, variable, name)
}

/** The values of the variables that refer to secrets. Throws invalid as `mustExist` does. */
export async function valuesOf(app: App, variables: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const [variable, name] of referencesIn(variables)) {
    const file = await readOwnFile(pathOf(app, name), { mostBytes: MOST_BYTES }).catch((error) => {
      throw error.code === 'ENOENT' ? missing(app, variable, name) : error
    })
    values[variable] = file?.text ?? ''
  }
  return values
}

function referencesIn(variables: Readonly<Record<string, string>>): [variable: string, name: string][] {
  return Object.entries(variables).flatMap(([variable, value]) => {
    const name = REFERENCE.exec(value)?.[1]
    if (name !== undefined && !NAME.test(name))
      throw invalid(`env: ${JSON.stringify(name)} is not the name of a secret.`, { env: `${variable}: not a secret’s name.` })
    return name === undefined ? [] : [[variable, name]]
  })
}

function missing(app: App, variable: string, name: string) {
  const message = `${variable} refers to the secret ${name}, which does not exist. To set it: ${commandLine(app.config.data, 'secret', `set ${name}`)}`
  return invalid(`env: ${message}`, { env: message })
}

async function refuseTooMany(app: App, name: string) {
  const names = await namesIn(app)
  if (names.length >= MOST && !names.includes(name)) throw invalid(`A server keeps at most ${MOST} secrets.`, { name: 'Remove one first.' })
}

async function namesIn(app: App): Promise<string[]> {
  const names = await readdir(join(app.config.data, FOLDER)).catch((error) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => NAME.test(name))
}

const pathOf = (app: App, name: string) => join(app.config.data, FOLDER, name)

/** Whole or not at all, on the disk before it returns, and never readable by others. */
function write(app: App, name: string, value: string) {
  const folder = join(app.config.data, FOLDER)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${pathOf(app, name)}.draft`
  rmSync(draft, { force: true })
  flushed(openSync(draft, 'wx', 0o600), (file) => writeFileSync(file, value))
  renameSync(draft, pathOf(app, name))
  flushed(openSync(folder, 'r'))
}

function flushed(file: number, write = (_: number) => {}) {
  try {
    write(file)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const log = (tx: Tx, name: string, action: 'secret_set' | 'secret_removed') =>
  tx.emit(events.changed, `secret:${name}`, { principal: `secret:${name}`, action, author: tx.actor.name })
