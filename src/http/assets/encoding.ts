import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)
/** Below this size, the headers outweigh the savings. */
const LEAST_BYTES = 1_024
const FAST_QUALITY = 5
/** For bytes that are kept: a tenth smaller, for a tenth of a second. */
export const BEST_QUALITY = 11

const ALIASES: Record<string, string> = { 'x-gzip': 'gzip' }

/** The encoding that `Accept-Encoding` prefers, br before gzip; undefined for none (RFC 9110, 12.5.3). */
export function chosenEncoding(acceptEncoding: string): 'br' | 'gzip' | undefined {
  const weights = new Map<string, number>()
  for (const member of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
    weights.set(ALIASES[name] ?? name, Number(weight) || 0)
  }
  const of = (name: string) => weights.get(name) ?? weights.get('*') ?? 0
  const best = Math.max(of('br'), of('gzip'))
  if (best <= (weights.get('identity') ?? 0) && best < 1) return undefined
  return of('br') === best ? 'br' : 'gzip'
}

/** A body that is encoded once per encoding, on first use. */
export interface Encoded {
  bytes: Buffer
  as(acceptEncoding: string | undefined): Promise<{ bytes: Buffer; encoding?: 'br' | 'gzip' }>
}

export function encodeLater(make: () => Promise<Buffer>, quality: number): Pick<Encoded, 'as'> {
  let made: Promise<Encoded> | undefined
  return {
    async as(acceptEncoding) {
      made ??= make().then((bytes) => encode(bytes, quality))
      return (await made).as(acceptEncoding)
    },
  }
}

export function encode(bytes: Buffer, quality = FAST_QUALITY): Encoded {
  let br: Promise<Buffer> | undefined
  let gz: Promise<Buffer> | undefined
  return {
    bytes,
    async as(acceptEncoding = '') {
      if (bytes.length < LEAST_BYTES) return { bytes }
      const encoding = chosenEncoding(acceptEncoding)
      if (encoding === 'br') {
        br ??= brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
        return { bytes: await br, encoding }
      }
      if (encoding === 'gzip') {
        gz ??= gzipped(bytes)
        return { bytes: await gz, encoding }
      }
      return { bytes }
    },
  }
}
