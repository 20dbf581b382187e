import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import type { App } from '../live/app.ts'
import { whatIsWrong } from '../live/check.ts'
import { invalid } from '../live/problem.ts'
import { accepted, filledIn, type Mistake, readTypeFile, type TaskTypeParam, type TypeFile } from './type-file.ts'

export type { Mistake, TaskTypeParam } from './type-file.ts'

const FOLDER = 'task-types'

/** A file of `DATA/task-types/`: a command with typed parameters, which the page shows as a form. */
export type TaskType = TypeFile & { name: string }

/** A file of that folder that is no type, and why. */
export interface BrokenType {
  file: string
  mistakes: readonly Mistake[]
}

export interface TaskTypes {
  types: readonly TaskType[]
  broken: readonly BrokenType[]
}

/** A type as a program sees it: its parameters as a list, in the order of the file. */
export interface TypeEntry extends Omit<TaskType, 'params'> {
  params: readonly { name: string; kind: TaskTypeParam['type']; required: boolean; default?: unknown; choices?: readonly string[] }[]
}

/** What the folder holds now, by file name: it is read each time, so that an edit counts at once. */
export async function taskTypes({ config }: App): Promise<TaskTypes> {
  const types: TaskType[] = []
  const broken: BrokenType[] = []
  const folder = join(config.data, FOLDER)
  const names = await readdir(folder).catch((error) => {
    if (error.code !== 'ENOENT') broken.push(unreadable(`${FOLDER}/`, error))
    return []
  })
  for (const file of names.filter((name) => /\.ya?ml$/.test(name)).sort()) {
    const name = file.replace(/\.ya?ml$/, '')
    const read = await readFile(join(folder, file), 'utf8').then(readTypeFile, (error) => unreadable(file, error))
    if (!('type' in read)) broken.push({ file, mistakes: read.mistakes })
    else if (types.some((type) => type.name === name)) broken.push({ file, mistakes: [whole(`There is another file for the type ${name}.`)] })
    else types.push({ ...read.type, name })
  }
  return { types, broken }
}

/** The type of this name. Throws invalid, with what is wrong with its file where there is one. */
export async function taskType(app: App, name: string): Promise<TaskType> {
  const { types, broken } = await taskTypes(app)
  const found = types.find((type) => type.name === name)
  if (found) return found
  const file = broken.find(({ file }) => file === `${name}.yaml` || file === `${name}.yml`)
  throw file
    ? invalid(`The task type ${JSON.stringify(name)} cannot be used: ${inWords(file)}`, { type: 'Its file is not right.' })
    : invalid(`There is no task type ${JSON.stringify(name)}.`, { type: 'There is no such task type.' })
}

/** A broken file in one line, for a log. */
export const inWords = ({ file, mistakes }: BrokenType): string =>
  `${file}: ${mistakes.map(({ line, at, message }) => [[line && `line ${line}`, at].filter(Boolean).join(', '), message].filter(Boolean).join(': ')).join(' ')}`

export const toEntry = ({ name, params, ...type }: TaskType): TypeEntry => ({
  name,
  ...type,
  params: Object.entries(params).map(([name, { type: kind, values, ...param }]) => ({ name, kind, ...param, ...(values && { choices: values }) })),
})

/** The arguments with each `{name}` filled in, every value one argument or part of one: no shell ever sees it. Throws invalid. */
export function argvOf(type: TaskType, params: Record<string, unknown>): string[] {
  const wrong: Record<string, string> = {}
  const values: Record<string, string> = {}
  for (const name of Object.keys(params)) if (!Object.hasOwn(type.params, name)) wrong[`params.${name}`] = 'There is no such parameter.'
  for (const [name, param] of Object.entries(type.params)) {
    const given = params[name] === '' ? undefined : (params[name] ?? param.default)
    if (given === undefined && param.type !== 'boolean') {
      if (param.required) wrong[`params.${name}`] = 'This is needed.'
      values[name] = ''
      continue
    }
    const checked = accepted(param).safeParse(given, { error: whatIsWrong })
    if (checked.success) values[name] = String(checked.data)
    else wrong[`params.${name}`] = checked.error.issues[0]?.message ?? 'This is not right.'
  }
  const [first] = Object.values(wrong)
  if (first) throw invalid(`${Object.keys(wrong).join(', ')}: ${first}`, wrong)
  return type.argv.map((argument) => filledIn(argument, values)).filter((argument, i) => argument !== '' || type.argv[i] === '')
}

const whole = (message: string): Mistake => ({ line: null, at: '', message })

function unreadable(file: string, error: NodeJS.ErrnoException): BrokenType {
  return { file, mistakes: [whole(`It cannot be read: ${error.errno === undefined ? error.message : getSystemErrorMessage(error.errno)}.`)] }
}
