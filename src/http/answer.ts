import { type ZodType, z } from 'zod'

export interface Answer {
  status: 200 | 201 | 204 | 302 | 303
  type?: string
  schema?: ZodType
  says: string
}

export const STREAM = 'text/event-stream'

const position = { epoch: z.string(), seq: z.int() }
const Anything = z.record(z.string(), z.unknown())

export const json = (schema: ZodType, { says = 'JSON', status = 200 }: { says?: string; status?: 200 | 201 } = {}): Answer => ({
  status,
  type: 'application/json',
  schema,
  says,
})

export const one = (says: string, status: 200 | 201 = 200): Answer => json(z.looseObject({ ...position, item: z.unknown() }), { says, status })

/** `next` is the cursor or the URL of what follows. */
export const many = (says: string): Answer => json(z.looseObject({ ...position, items: z.array(Anything), next: z.string().nullable() }), { says })

export const page = (says: string): Answer => ({ status: 200, type: 'text/html', says })
export const partial = page
export const text = (says: string, type = 'text/plain'): Answer => ({ status: 200, type, says })
export const stream = (says: string): Answer => ({ status: 200, type: STREAM, says })
export const nothing = (says: string): Answer => ({ status: 204, says })
export const redirect = (says: string, status: 302 | 303 = 303): Answer => ({ status, says })
