import { z } from 'zod'
import { queueName } from '../input/texts.ts'
import { RATE_RULE, type Rate, readRate } from '../steering/words.ts'

const MOST_RUNNING = 10_000

/** A form sends an empty field for no limit. */
const orNone = <T extends z.ZodType>(limit: T) => z.preprocess((value) => (value === '' || value === undefined ? null : value), limit.nullable())

const rate = z.string().transform((text, context): Rate => {
  const rate = readRate(text)
  if (rate) return rate
  context.addIssue({ code: 'custom', message: RATE_RULE })
  return z.NEVER
})

/** What is left out has no limit. */
export const QueueLimits = z.strictObject({ concurrency: orNone(z.coerce.number().int().min(1).max(MOST_RUNNING)), rate: orNone(rate) })
export type QueueLimits = z.infer<typeof QueueLimits>

export const LimitsByQueue = z.record(queueName, QueueLimits).default({})
