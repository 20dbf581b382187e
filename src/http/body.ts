import type { Context } from 'hono'
import type { ZodType } from 'zod'
import { check } from '../input/check.ts'
import { isObject, parseJson, Unfit } from '../input/json.ts'
import { invalid } from '../input/problem.ts'
import { Refusal } from './errors.ts'
import type { Env } from './slice.ts'
import { zoneOf } from './zone.ts'

export const MAX_BODY_BYTES = 1_048_576
export const MAX_FORM_BYTES = 65_536
/** Far more than any request needs: each name costs several checks before it is refused. */
const MOST_NAMES = 1_000
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

export function contentType(c: Context): string | undefined {
  return c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
}

/** The body as JSON or form fields, unchecked; empty form fields are omitted. Throws 413, 415 and invalid. */
export async function readBody(c: Context<Env>): Promise<Record<string, unknown>> {
  const read = c.get('body') ?? (await parse(c))
  c.set('body', read)
  return read
}

/** The checked query. The first of a repeated name counts, and times without a zone are in the viewer's. */
export function parseQuery<T>(c: Context, schema: ZodType<T>): T {
  return check(schema, queryOf(c))
}

export function queryOf(c: Context): Record<string, string> {
  const query = c.req.query()
  return { ...query, zone: query.zone || zoneOf(c) }
}

async function parse(c: Context): Promise<Record<string, unknown>> {
  const type = contentType(c)
  if (type === undefined) return {}
  if (type !== JSON_TYPE && type !== FORM_TYPE) throw new Refusal(415, `Send ${JSON_TYPE} or ${FORM_TYPE}, not ${type}.`)
  if (type === FORM_TYPE) return fromForm(await readText(c, MAX_FORM_BYTES))
  const body = await readJson(c)
  if (!isObject(body)) throw invalid('The body must be a JSON object.')
  return body
}

/** Any JSON value, `{}` for an empty body. Throws 413 and invalid. */
export async function readJson(c: Context): Promise<unknown> {
  const value = parsed(await readText(c, MAX_BODY_BYTES))
  if (isObject(value)) mustBeFew(Object.keys(value).length)
  return value
}

function parsed(text: string): unknown {
  try {
    return parseJson(text || '{}')
  } catch (error) {
    throw invalid(error instanceof Unfit ? `The body cannot be accepted: ${error.message}.` : `The body is not JSON: ${(error as Error).message}.`)
  }
}

function mustBeFew(names: number) {
  if (names > MOST_NAMES) throw invalid(`The body has ${names} fields; the limit is ${MOST_NAMES}.`)
}

/** Reads no further than the limit, as a sender may declare no length. */
export async function readText(c: Context, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length
    if (length > most) throw new Refusal(413, `The body is larger than ${most / 1024} KiB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function fromForm(text: string): Record<string, unknown> {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === '') continue
    const values = fields.get(name)
    if (values) values.push(value)
    else fields.set(name, [value])
  }
  mustBeFew(fields.size)
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}
