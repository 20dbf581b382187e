import { z } from 'zod'
import { cwd, environment } from '../../input/environment.ts'
import { invalid, Problem } from '../../input/problem.ts'
import { quoted } from '../../input/shell.ts'
import { argument, line, queueName, taskId, taskIds } from '../../input/texts.ts'
import type { App } from '../../live/app.ts'
import { STDINS } from '../../process/stdin.ts'
import { description } from '../lifecycle.ts'
import { written, zoneName } from '../search/instant.ts'
import { type Step, startOrder } from '../types/pipeline-file.ts'
import { argvOf, type CommandType, paramsOf, taskType } from '../types/types.ts'
import { URGENCIES } from '../words.ts'

export const TITLE_LENGTH = 200

const CHECKBOX_VALUES = new Map<unknown, boolean>(Object.entries({ on: true, true: true, 1: true, off: false, false: false, 0: false }))
const checkbox = z.preprocess((value) => CHECKBOX_VALUES.get(value) ?? value, z.boolean().default(false))
const params = z.preprocess((value) => (typeof value === 'string' ? fromJson(value) : value), z.record(z.string(), z.unknown()).optional())
const text = (most: number) => argument(most).trim().min(1)

export const NewTask = z.strictObject({
  title: line(TITLE_LENGTH).optional(),
  command: text(32_768).optional(),
  argv: z.array(argument(32_768)).min(1).max(1000).optional(),
  type: line(100).optional(),
  params,
  cwd: cwd.optional(),
  env: environment.optional(),
  stdin: z.enum(STDINS).optional(),
  /** Short for `stdin: pty`. */
  pty: checkbox,
  queue: queueName.optional(),
  project: line(100).optional(),
  urgency: z.enum(URGENCIES).default('medium'),
  contract: text(2000).optional(),
  description,
  parent_task_id: taskId.optional(),
  timeout_s: z.coerce.number().int().min(1).max(604_800).optional(),
  retries: z.coerce.number().int().min(0).max(20).default(0),
  idempotent: checkbox,
  unique_key: line(200).optional(),
  /** The tasks that must end first, and how. */
  after: taskIds.default([]),
  on: z.enum(['success', 'any']).default('success'),
  run_at: written.optional(),
  zone: zoneName,
})
export type NewTask = z.input<typeof NewTask>

/** What a task runs, and what its type says of it. */
export interface Runs {
  argv: readonly string[]
  command: string
  defaults: Partial<Pick<CommandType, 'title' | 'queue' | 'timeout_s' | 'cwd' | 'env' | 'stdin'>>
  /** Of a pipeline: each after those that it needs. */
  steps?: readonly Step[]
}

/** Throws invalid, or forbidden for a shell command where those are disabled. */
export async function whatRuns(app: App, { command, argv, type, params }: z.infer<typeof NewTask>): Promise<Runs> {
  const given = [command, argv, type].filter((way) => way !== undefined).length
  if (given !== 1)
    throw invalid('A task needs exactly one of: command, arguments, type.', {
      command: given === 0 ? 'Enter a command.' : 'Give only one of: command, arguments, type.',
    })
  if (type === undefined && !app.config.shell) throw new Problem('forbidden', 'Shell commands are disabled (--no-shell). Choose a task type.')
  if (command !== undefined) return { argv: ['/bin/sh', '-c', command], command, defaults: {} }
  if (argv !== undefined) return { argv: named(argv, 'argv'), command: inShell(argv), defaults: {} }
  const found = await taskType(app, type as string)
  const values = paramsOf(found, params ?? {})
  const fill = (argv: readonly string[]) => named(argvOf(argv, values), 'type')
  if (!found.steps) return { argv: fill(found.argv), command: inShell(fill(found.argv)), defaults: found }
  const steps = startOrder(found.steps).order.map((step) => ({ ...step, argv: fill(step.argv) }))
  const { title = found.name, ...defaults } = found
  return { argv: [], command: steps.map(({ name }) => name).join(', '), defaults: { ...defaults, title }, steps }
}

export const inShell = (argv: readonly string[]): string => argv.map(quoted).join(' ')

function named<Argv extends readonly string[]>(argv: Argv, field: string): Argv {
  if (argv[0] === '') throw invalid(`${field}: The program name is empty.`, { [field]: 'The program name is empty.' })
  return argv
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
