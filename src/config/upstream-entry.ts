import { z } from 'zod'

const WAYS = ['url', 'sse', 'ndjson', 'command'] as const

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => URL.parse(text)?.username === '' && URL.parse(text)?.password === '', 'must not contain a password; name its variable in token_env')
/** An upstream as the file lists it. */
export const Upstream = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lowercase letters, digits or dashes')
      .refine((name) => name !== 'local', 'must not be "local": that is this server itself'),
    url: url.optional(),
    sse: url.optional(),
    ndjson: url.optional(),
    command: z.array(z.string()).min(1, 'must name a program').optional(),
    token: z.string().optional(),
    token_env: z.string().optional(),
    kinds: z.array(z.string().regex(/^[a-z][a-z0-9._-]*$/, 'must be a kind, or a prefix that ends in a dot')).default([]),
    since: z.enum(['now', 'beginning']).default('now'),
  })
  .refine((entry) => WAYS.filter((way) => entry[way] !== undefined).length === 1, `must have exactly one of ${WAYS.join(', ')}`)
  .refine(({ token, token_env }) => token === undefined || token_env === undefined, 'must have token or token_env, not both')
  .refine(({ url, since }) => url !== undefined || since === 'now', 'can start at the "beginning" only with a url')
