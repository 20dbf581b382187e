import { z } from 'zod'
import { whatIsWrong } from '../../input/check.ts'
import { argument } from '../../input/texts.ts'

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
