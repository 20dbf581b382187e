export type Code = 'invalid' | 'not_found' | 'conflict' | 'forbidden' | 'unauthorized' | 'rate_limited' | 'internal'

export class Problem extends Error {
  readonly code: Code
  readonly fields: Readonly<Record<string, string>>
  readonly extra: Readonly<Record<string, unknown>>

  constructor(code: Code, message: string, { fields = {}, extra = {} }: { fields?: Record<string, string>; extra?: Record<string, unknown> } = {}) {
    super(message)
    this.code = code
    this.fields = fields
    this.extra = extra
  }
}

export const invalid = (message: string, fields?: Record<string, string>) => new Problem('invalid', message, fields ? { fields } : {})
export const notFound = (message: string) => new Problem('not_found', message)
export const conflict = (message: string, extra?: Record<string, unknown>) => new Problem('conflict', message, extra ? { extra } : {})
export const forbidden = (message: string) => new Problem('forbidden', message)
export const tooMany = (message: string, seconds: number) => new Problem('rate_limited', message, { extra: { retry_after: Math.ceil(seconds) } })
