import { z } from 'zod'

export const text = z.string()
export const integer = z.int()
export const number = z.number()
export const bool = z.boolean()
export const record = z.record(z.string(), z.unknown())
export const list = <T extends z.ZodType>(of: T) => z.array(of)
export const words = <const T extends readonly [string, ...string[]]>(...these: T) => z.enum(these)
export const orNull = <T extends z.ZodType>(type: T) => type.nullable()
export const maybe = <T extends z.ZodType>(type: T) => type.optional()
