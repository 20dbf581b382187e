import { z } from 'zod'
import { UNPRINTABLE } from './printable.ts'

const QUEUE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const ANY_QUEUE = '*'
const MOST_QUEUES = 50

const QUEUE_RULE = 'A queue name has 1 to 64 letters, digits, dots, dashes and underscores, and starts with a letter or digit'

/** Text for an argument, a variable or a path: NUL would end it, and half of a surrogate pair has no encoding. */
export const argument = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'This must not contain a NUL character or half of a surrogate pair.')

/** A trimmed line without characters that control a terminal or the direction of text. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => text.search(UNPRINTABLE) === -1 && text.isWellFormed(), 'This must be one line without control characters.')

/** A name that is safe on a command line, where a leading dash would make it an option. */
export const name = (most: number) => line(most).regex(/^[\p{L}\p{N}]/u, 'A name starts with a letter or digit.')

export const asLine = (text: string): string => text.toWellFormed().replace(UNPRINTABLE, ' ').trim()

export const isQueue = (text: string): boolean => text === ANY_QUEUE || QUEUE_NAME.test(text)

export const queueName = z.string().trim().regex(QUEUE_NAME, `${QUEUE_RULE}.`)

/** Accepts a list, or text with commas or spaces, as forms send it. */
export const queueNames = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value),
  z
    .array(z.string().refine(isQueue, `${QUEUE_RULE}; * means all queues.`))
    .min(1)
    .max(MOST_QUEUES),
)

export const taskId = z.string().regex(/^t_\d{1,15}$/, 'A task id looks like t_91.')
const MOST_TASKS = 100
/** Accepts a list, or text with commas or spaces, as forms send it. */
export const taskIds = z.preprocess((value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value), z.array(taskId).max(MOST_TASKS))
export const workerId = z.string().regex(/^w_\d{1,15}$/, 'A worker id looks like w_3.')
