import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { whatIsWrong } from '../../input/check.ts'
import { cwd, environment } from '../../input/environment.ts'
import { argument, line, queueName } from '../../input/texts.ts'
import { STDINS } from '../../process/stdin.ts'
import { checkPlaceholders, Params } from './param.ts'
import { PipelineFile } from './pipeline-file.ts'

export interface Mistake {
  line: number | null
  at: string
  message: string
}

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

export type TypeFile = z.infer<typeof TypeFile>

export type ReadType = { type: (TypeFile & { steps?: undefined }) | PipelineFile } | { mistakes: Mistake[] }

const MOST_MISTAKES = 20

/** A file with steps is a pipeline. */
export function readTypeFile(text: string): ReadType {
  try {
    const read = readYaml(text)
    if ('type' in read || read.mistakes.length <= MOST_MISTAKES) return read
    const more = read.mistakes.length - MOST_MISTAKES
    return { mistakes: [...read.mistakes.slice(0, MOST_MISTAKES), { line: null, at: '', message: `And ${more} more mistakes.` }] }
  } catch (error) {
    // The parser recurses for each level, and throws for too many aliases.
    const message = error instanceof RangeError ? 'It is nested too deeply.' : `${(error as Error).message}.`
    return { mistakes: [{ line: null, at: '', message }] }
  }
}

function readYaml(text: string): ReadType {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset).line)
  if (document.errors.length > 0) return { mistakes: document.errors.map(({ message, pos }) => ({ line: lineAt(pos[0]), at: '', message: `${message}.` })) }
  const schema = document.has('steps') ? PipelineFile : TypeFile
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
