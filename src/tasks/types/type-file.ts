import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { whatIsWrong } from '../../input/check.ts'
import { cwd, environment } from '../../input/environment.ts'
import { argument, line, queueName } from '../../input/texts.ts'
import { STDINS } from '../../process/stdin.ts'

export interface Mistake {
  line: number | null
  at: string
  message: string
}

const ValueTypes = ['string', 'integer', 'number', 'boolean', 'choice'] as const

const Param = z
  .strictObject({
    type: z.enum(ValueTypes, { error: `A parameter is one of ${ValueTypes.join(', ')}.` }).default('string'),
    label: z.string().optional(),
    help: z.string().optional(),
    required: z.boolean().default(false),
    default: z.union([z.string(), z.number(), z.boolean()], { error: 'A default is text, a number, true or false.' }).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    values: z.array(z.string()).min(1, 'A choice needs at least one value.').optional(),
  })
  .superRefine((param, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const isNumber = param.type === 'integer' || param.type === 'number'
    if (param.type === 'choice' && !param.values) return wrong([], 'A choice needs values.')
    if (param.type !== 'choice' && param.values) wrong(['values'], 'Only a parameter of type choice has values.')
    for (const bound of ['min', 'max'] as const) if (param[bound] !== undefined && !isNumber) wrong([bound], 'Only a number has bounds.')
    if (param.default === undefined) return
    const checked = accepted(param).safeParse(param.default, { error: whatIsWrong })
    if (!checked.success) wrong(['default'], `The default is invalid for this parameter. ${checked.error.issues[0]?.message}`)
  })

const PARAM_NAME = 'A parameter name has lowercase letters, digits and underscores, and starts with a letter.'

export const Params = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/, PARAM_NAME), Param).default({})

const TypeFile = z
  .strictObject({
    title: line(200).optional(),
    description: z.string().optional(),
    argv: z.array(argument(32_768)).min(1, 'A type needs at least one argument, the program.'),
    queue: queueName.optional(),
    cwd: cwd.optional(),
    env: environment.optional(),
    stdin: z.enum(STDINS).optional(),
    timeout_s: z.int().min(1).optional(),
    params: Params,
  })
  .superRefine(({ argv, params }, context) => checkPlaceholders([{ path: ['argv'], argv }], params, context))

/** Each placeholder names a parameter, and each parameter is used. */
export function checkPlaceholders(commands: readonly { path: PropertyKey[]; argv: string[] }[], params: object, context: z.RefinementCtx): void {
  const used = new Set<string>()
  for (const { path, argv } of commands) {
    for (const [i, argument] of argv.entries()) {
      for (const name of placeholdersIn(argument)) {
        used.add(name)
        if (Object.hasOwn(params, name)) continue
        const message = `{${name}} names no parameter: list it under params, or write {{${name}}} for an argument that holds {${name}} as it is.`
        context.addIssue({ code: 'custom', path: [...path, i], message })
      }
    }
  }
  for (const name of Object.keys(params)) {
    if (!used.has(name)) context.addIssue({ code: 'custom', path: ['params', name], message: `No argument uses it: put {${name}} into argv, or leave it out.` })
  }
}

export type TypeFile = z.infer<typeof TypeFile>
export type TaskTypeParam = z.infer<typeof Param>

export const PLACEHOLDER = /\{(\{[a-z][a-z0-9_]*\})\}|\{([a-z][a-z0-9_]*)\}/g

const placeholdersIn = (argument: string) => [...argument.matchAll(PLACEHOLDER)].flatMap(([, , name]) => (name === undefined ? [] : [name]))

/** Fills in each `{name}`; `{{name}}` is a literal `{name}`. */
export const filledIn = (argument: string, values: Readonly<Record<string, string>>): string =>
  argument.replace(PLACEHOLDER, (_, literal: string | undefined, name: string) => literal ?? values[name] ?? '')

export function accepted({ type, values = [], min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: TaskTypeParam): z.ZodType {
  switch (type) {
    case 'integer':
      return z.coerce.number().int().min(min).max(max)
    case 'number':
      return z.coerce.number().min(min).max(max)
    case 'boolean':
      return z.unknown().transform((value) => value === true || value === 'on' || value === 'true')
    case 'choice':
      return z.enum(values)
    default:
      return z.coerce
        .string()
        .pipe(argument(4096))
        .refine((text) => !text.startsWith('-'), 'A value must not start with a dash, or the command could read it as an option.')
  }
}

export type Read<T> = { type: T } | { mistakes: Mistake[] }
export type ReadType = Read<TypeFile>

const MOST_MISTAKES = 20

export const readTypeFile = (text: string): ReadType => readAs(TypeFile, text)

export function readAs<T>(schema: z.ZodType<T>, text: string): Read<T> {
  try {
    const read = readYaml(schema, text)
    if ('type' in read || read.mistakes.length <= MOST_MISTAKES) return read
    const more = read.mistakes.length - MOST_MISTAKES
    return { mistakes: [...read.mistakes.slice(0, MOST_MISTAKES), { line: null, at: '', message: `And ${more} more mistakes.` }] }
  } catch (error) {
    // The parser recurses for each level, and throws for too many aliases.
    const message = error instanceof RangeError ? 'It is nested too deeply.' : `${(error as Error).message}.`
    return { mistakes: [{ line: null, at: '', message }] }
  }
}

function readYaml<T>(schema: z.ZodType<T>, text: string): Read<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset).line)
  if (document.errors.length > 0) return { mistakes: document.errors.map(({ message, pos }) => ({ line: lineAt(pos[0]), at: '', message: `${message}.` })) }
  const parsed = schema.safeParse(document.toJS(), { error: whatIsWrong, reportInput: true })
  if (parsed.success) return { type: parsed.data }
  const mistakes = parsed.error.issues.flatMap(eachOf).map(({ path, message }) => ({ line: lineAt(offsetOf(document, path)), at: path.join('.'), message }))
  return { mistakes: mistakes.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
}

type Path = readonly PropertyKey[]

const NOUNS: Record<string, string> = {
  string: 'text, in quotes',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
  boolean: 'true or false',
}

function eachOf(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: 'Unknown field.' }))
  if (issue.code !== 'invalid_type') return [{ path, message: issue.message }]
  return [{ path, message: issue.input === undefined ? 'This is required.' : `This must be ${NOUNS[issue.expected] ?? 'a number'}.` }]
}

/** The offset of a path's key or list item, or of its nearest existing parent. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const key = path[depth - 1]
    const around = document.getIn(path.slice(0, depth - 1), true)
    const named = isMap(around) ? around.items.find((pair) => String(pair.key) === key)?.key : document.getIn(path.slice(0, depth), true)
    if (isNode(named) && named.range) return named.range[0]
  }
  return undefined
}
