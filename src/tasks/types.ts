import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { App } from '../live/app.ts'
import { invalid } from '../live/problem.ts'

const FOLDER = 'task-types'

const Param = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'choice']).default('string'),
  label: z.string().optional(),
  help: z.string().optional(),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string()).optional(),
})

const TypeFile = z.strictObject({
  title: z.string().optional(),
  description: z.string().optional(),
  argv: z.array(z.string()).min(1),
  queue: z.string().optional(),
  timeout_s: z.int().min(1).optional(),
  params: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), Param).default({}),
})

/** A file of `DATA/task-types/`: a command with typed parameters, which the page shows as a form. */
export type TaskType = z.infer<typeof TypeFile> & { name: string; problem?: string }
export type TaskTypeParam = z.infer<typeof Param>

/** Every task type, by name. A file that is not right is named in the log and left out. */
export async function taskTypes(app: App): Promise<TaskType[]> {
  const folder = join(app.config.data, FOLDER)
  const files = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort()
  const types: TaskType[] = []
  for (const file of files) {
    try {
      types.push({ ...TypeFile.parse(parse(await readFile(join(folder, file), 'utf8'))), name: file.replace(/\.ya?ml$/, '') })
    } catch (error) {
      app.log.info(`the task type ${file} is not right: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`)
    }
  }
  return types
}

/** The arguments with each `{name}` filled in, every value one argument or part of one: no shell ever sees it. Throws invalid. */
export function argvOf(type: TaskType, params: Record<string, unknown>): string[] {
  const wrong: Record<string, string> = {}
  const values: Record<string, string> = {}
  for (const name of Object.keys(params)) if (!(name in type.params)) wrong[`params.${name}`] = 'There is no such parameter.'
  for (const [name, param] of Object.entries(type.params)) {
    const given = params[name] === '' ? undefined : (params[name] ?? param.default)
    if (given === undefined && param.type !== 'boolean') {
      if (param.required) wrong[`params.${name}`] = 'This is needed.'
      values[name] = ''
      continue
    }
    const checked = schemaOf(param).safeParse(given)
    if (checked.success) values[name] = String(checked.data)
    else wrong[`params.${name}`] = `${checked.error.issues[0]?.message ?? 'This is not right'}.`
  }
  const [first] = Object.values(wrong)
  if (first) throw invalid(`${Object.keys(wrong).join(', ')}: ${first}`, wrong)
  return type.argv
    .map((argument) => argument.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => values[name] ?? whole))
    .filter((argument, i) => argument !== '' || type.argv[i] === '')
}

function schemaOf(param: TaskTypeParam): z.ZodType {
  switch (param.type) {
    case 'integer':
      return bounded(z.coerce.number().int(), param)
    case 'number':
      return bounded(z.coerce.number(), param)
    case 'boolean':
      return z.unknown().transform((value) => value === true || value === 'on' || value === 'true')
    case 'choice':
      return z.enum(param.values ?? [])
    default:
      return z.coerce
        .string()
        .max(4096)
        .refine((text) => !text.startsWith('-'), 'A value may not start with a dash: the command could take it for an option')
  }
}

function bounded(number: z.ZodCoercedNumber<unknown>, { min, max }: TaskTypeParam) {
  let schema = number
  if (min !== undefined) schema = schema.min(min)
  if (max !== undefined) schema = schema.max(max)
  return schema
}
