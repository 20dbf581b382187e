import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)
/** Below this, the headers weigh more than what compression saves. */
const LEAST_BYTES = 1_024
const BROTLI_QUALITY = 5

/** One body in the encodings that clients ask for, each made once, when it is first asked for. */
export interface Encoded {
  bytes: Buffer
  as(acceptEncoding: string | undefined): Promise<{ bytes: Buffer; encoding?: 'br' | 'gzip' }>
}

export function encode(bytes: Buffer): Encoded {
  let br: Promise<Buffer> | undefined
  let gz: Promise<Buffer> | undefined
  return {
    bytes,
    async as(acceptEncoding = '') {
      if (bytes.length < LEAST_BYTES) return { bytes }
      if (/\bbr\b/.test(acceptEncoding)) {
        br ??= brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
        return { bytes: await br, encoding: 'br' }
      }
      if (/\bgzip\b/.test(acceptEncoding)) {
        gz ??= gzipped(bytes)
        return { bytes: await gz, encoding: 'gzip' }
      }
      return { bytes }
    },
  }
}
