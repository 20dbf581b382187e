import type { Task } from '../tasks.ts'
import { filledIn, PLACEHOLDER } from '../types/param.ts'
import { startOrder } from '../types/pipeline-file.ts'
import type { TaskType } from '../types/types.ts'
import { isOpen } from '../words.ts'

/** The values of a form for a task like this one; `argv` of a pipeline is that of its steps. An open task keeps its unique key for itself. */
export function valuesOf(task: Task, types: readonly TaskType[], argv = task.argv): Record<string, string> {
  const { title, command, type, cwd, queue, project, urgency, contract, description, timeout_s, max_attempts, unique_key, idempotent } = task
  // A step runs by itself only as its command.
  const found = task.step === null ? types.find(({ name }) => name === type) : undefined
  const params = found && paramsIn(found.steps ? startOrder(found.steps).order.flatMap(({ argv }) => argv) : found.argv, argv)
  const values = {
    title,
    ...(found ? { type: found.name, ...params } : { command }),
    cwd,
    env: linesOf(task.env),
    stdin: task.stdin === 'none' ? null : task.stdin,
    queue,
    project,
    urgency,
    contract,
    description,
    timeout_s,
    retries: max_attempts > 1 ? max_attempts - 1 : null,
    unique_key: isOpen(task.state) ? null : unique_key,
    idempotent: idempotent ? 'on' : null,
  }
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, String(value)]])))
}

const isLong = (value: string) => value.includes('\n')

/** The variables that a form, with one line for each, cannot have. */
export const leftOut = ({ env }: Task): string[] => Object.keys(env).filter((name) => isLong(env[name] as string))

const linesOf = (env: Task['env']) =>
  Object.entries(env)
    .filter(([, value]) => !isLong(value))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

/** The parameters with which a type's arguments become these; none if others were left out, or the type has changed. */
function paramsIn(templates: readonly string[], argv: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [i, template] of templates.entries()) Object.assign(values, readOut(template, argv[i] ?? ''))
  const isSame = templates.length === argv.length && templates.every((template, i) => filledIn(template, values) === argv[i])
  return isSame ? Object.fromEntries(Object.entries(values).map(([name, value]) => [`params.${name}`, value])) : {}
}

/** Reads from left to right: each value ends where the next fixed text begins. */
function readOut(template: string, text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const holes = [...template.matchAll(PLACEHOLDER)].filter(([, literal]) => literal === undefined)
  let at = holes[0]?.index ?? 0
  for (const [i, { 0: hole, 2: name = '', index }] of holes.entries()) {
    const after = template.slice(index + hole.length, holes[i + 1]?.index)
    const end = after === '' ? text.length : i === holes.length - 1 ? text.length - after.length : text.indexOf(after, at)
    values[name] = text.slice(at, end)
    at = end + after.length
  }
  return values
}
