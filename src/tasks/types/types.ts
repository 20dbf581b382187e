import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { whatIsWrong } from '../../input/check.ts'
import { readOwnFile, UnfitFile } from '../../input/own-file.ts'
import { invalid } from '../../input/problem.ts'
import { inThread, TooSlow } from '../../input/thread.ts'
import { type App, perApp } from '../../live/app.ts'
import { accepted, filledIn } from './param.ts'
import type { PipelineFile } from './pipeline-file.ts'
import { type Mistake, type ReadType, readTypeFile, type TypeFile } from './type-file.ts'

export type { TaskTypeParam } from './param.ts'
export type { Mistake } from './type-file.ts'

const FOLDER = 'task-types'
const FILE_BYTES = 65_536
const MOST_FILES = 200
/** Hostile YAML takes quadratic time, so a longer file is parsed in a thread. */
const READ_HERE_BYTES = 8_192
const THREAD_MS = 5_000

export type CommandType = TypeFile & { name: string; steps?: undefined }
export type PipelineType = PipelineFile & { name: string; timeout_s?: undefined; stdin?: undefined }
export type TaskType = CommandType | PipelineType

export interface BrokenType {
  file: string
  mistakes: readonly Mistake[]
}

export interface TaskTypes {
  types: readonly TaskType[]
  broken: readonly BrokenType[]
}

const known = perApp(() => new Map<string, { version: string; read: Promise<ReadType> }>())

export async function taskTypes(app: App): Promise<TaskTypes> {
  const types: TaskType[] = []
  const broken: BrokenType[] = []
  const names = await readdir(join(app.config.data, FOLDER)).catch((error) => {
    if (error.code !== 'ENOENT') broken.push(unreadable(`${FOLDER}/`, error))
    return []
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  for (const file of known(app).keys()) if (!files.includes(file)) known(app).delete(file)
  for (const file of files.slice(0, MOST_FILES)) {
    const name = file.replace(/\.ya?ml$/, '')
    const read = await readType(app, file).catch((error) => unreadable(file, error))
    if (!('type' in read)) broken.push({ file, mistakes: read.mistakes })
    else if (types.some((type) => type.name === name)) broken.push({ file, mistakes: [whole(`There is another file for the type ${name}.`)] })
    else types.push({ ...read.type, name })
  }
  if (files.length > MOST_FILES) broken.push({ file: `${FOLDER}/`, mistakes: [whole(`Only the first ${MOST_FILES} of its ${files.length} files are read.`)] })
  return { types, broken }
}

async function readType(app: App, file: string): Promise<ReadType> {
  const before = known(app).get(file)
  const own = await readOwnFile(join(app.config.data, FOLDER, file), { mostBytes: FILE_BYTES, known: before?.version })
  if (!own) return (before as { read: Promise<ReadType> }).read
  const { text, version } = own
  const read = text.length <= READ_HERE_BYTES ? Promise.resolve(readTypeFile(text)) : readInThread(text)
  known(app).set(file, { version, read })
  return read
}

const readInThread = (text: string): Promise<ReadType> =>
  inThread<ReadType>(new URL('./type-file.ts', import.meta.url), 'readTypeFile', [text], THREAD_MS).catch((error) => ({
    mistakes: [whole(error instanceof TooSlow ? 'It takes too long to parse. Make it shorter.' : `It cannot be read: ${error.message}.`)],
  }))

/** Throws invalid, with the mistakes in the file if it has any. */
export async function taskType(app: App, name: string): Promise<TaskType> {
  const { types, broken } = await taskTypes(app)
  const found = types.find((type) => type.name === name)
  if (found) return found
  const file = broken.find(({ file }) => file === `${name}.yaml` || file === `${name}.yml`)
  throw file
    ? invalid(`The task type ${JSON.stringify(name)} cannot be used: ${inWords(file)}`, { type: 'Its file is invalid.' })
    : invalid(`There is no task type ${JSON.stringify(name)}.`, { type: 'Unknown task type.' })
}

export const inWords = ({ file, mistakes }: BrokenType): string =>
  `${file}: ${mistakes.map(({ line, at, message }) => [[line && `line ${line}`, at].filter(Boolean).join(', '), message].filter(Boolean).join(': ')).join(' ')}`

export const toEntry = ({ name, params, ...type }: TaskType) => ({
  name,
  ...type,
  params: Object.entries(params).map(([name, param]) => ({ name, ...param })),
})

/** The values of a type's parameters, as text; those that were left out are empty. Throws invalid. */
export function paramsOf(type: TaskType, params: Record<string, unknown>): Record<string, string> {
  const wrong: Record<string, string> = {}
  const values: Record<string, string> = {}
  for (const name of Object.keys(params)) if (!Object.hasOwn(type.params, name)) wrong[`params.${name}`] = 'Unknown parameter.'
  for (const [name, param] of Object.entries(type.params)) {
    const given = params[name] === '' ? undefined : (params[name] ?? param.default)
    if (given === undefined && param.type !== 'boolean') {
      if (param.required) wrong[`params.${name}`] = 'This is required.'
      values[name] = ''
      continue
    }
    const checked = accepted(param).safeParse(given, { error: whatIsWrong })
    if (checked.success) values[name] = String(checked.data)
    else wrong[`params.${name}`] = checked.error.issues[0]?.message ?? 'This is invalid.'
  }
  const [first] = Object.values(wrong)
  if (first) throw invalid(`${Object.keys(wrong).join(', ')}: ${first}`, wrong)
  return values
}

/** Fills in each `{name}`. No shell is involved, so a value stays one argument. */
export const argvOf = (argv: readonly string[], values: Readonly<Record<string, string>>): string[] =>
  argv.map((argument) => filledIn(argument, values)).filter((argument, i) => argument !== '' || argv[i] === '')

const whole = (message: string): Mistake => ({ line: null, at: '', message })

function unreadable(file: string, error: NodeJS.ErrnoException): BrokenType {
  if (error instanceof UnfitFile) return { file, mistakes: [whole(`It is not read, because ${error.message}.`)] }
  return { file, mistakes: [whole(`It cannot be read: ${error.errno === undefined ? error.message : getSystemErrorMessage(error.errno)}.`)] }
}
