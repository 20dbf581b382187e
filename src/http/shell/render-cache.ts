import type { Context } from 'hono'
import { isUnchanged } from '../assets/conditional.ts'
import { type Encoded, encode } from '../assets/encoding.ts'

/** About one page each of what a small team looks at; the oldest goes first. */
const MAX_ENTRIES = 500

export interface CacheStats {
  renders: number
  /** Answered from what was rendered before. */
  hits: number
  notModified: number
}

export interface Variant {
  bytes: Buffer
  encoding?: 'br' | 'gzip'
}

interface Entry {
  version: string
  body: Promise<Encoded>
  /** What was made of it, or is being made, by the Accept-Encoding that asked for it. */
  variants: Map<string, Variant | Promise<Variant>>
}

/** Kinds of clients, as told by their Accept-Encoding, whose bytes are kept at hand for each entry. */
const MOST_VARIANTS = 8

export const etagOf = (version: string) => `W/"${version}"`

/**
 * Rendered partials by URL and role. However many readers ask after one change, one render answers them all: the
 * first asks for it, the others wait for the same promise, and its bytes and their compressed forms are kept.
 */
export class RenderCache {
  readonly #entries = new Map<string, Entry>()
  readonly stats: CacheStats = { renders: 0, hits: 0, notModified: 0 }

  /**
   * Answers a GET. `version` names everything that the body depends on beside the key; `seq` is the cursor that the
   * answer includes; `render` makes the body from a snapshot that is no older.
   */
  async answer(c: Context, { key, version, seq, render }: { key: string; version: string; seq: string; render: () => Promise<string> }): Promise<Response> {
    const etag = etagOf(version)
    const headers: Record<string, string> = { ETag: etag, 'Cache-Control': 'private, no-cache', 'X-Live-Seq': seq, Vary: 'HX-Request, Cookie, Accept-Encoding' }
    if (isUnchanged(c.req.header('if-none-match'), etag)) {
      this.stats.notModified++
      return c.body(null, 304, headers)
    }
    const { bytes, encoding } = await variantOf(this.#entry(key, version, render), c.req.header('accept-encoding'))
    if (encoding) headers['Content-Encoding'] = encoding
    return c.body(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) as Uint8Array<ArrayBuffer>, 200, {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
    })
  }

  /** The bytes for this key at this version, at hand or in the making; undefined when nobody has asked for them yet. */
  kept(key: string, version: string, acceptEncoding = ''): Variant | Promise<Variant> | undefined {
    const entry = this.#entries.get(key)
    return entry?.version === version ? variantOf(entry, acceptEncoding) : undefined
  }

  #entry(key: string, version: string, render: () => Promise<string>): Entry {
    const kept = this.#entries.get(key)
    if (kept?.version === version) {
      this.stats.hits++
      return kept
    }
    this.stats.renders++
    const body = render().then((html) => encode(Buffer.from(html)))
    const entry: Entry = { version, body, variants: new Map() }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    body.catch(() => this.#entries.get(key) === entry && this.#entries.delete(key))
    const oldest = this.#entries.size > MAX_ENTRIES ? this.#entries.keys().next().value : undefined
    if (oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }
}

function variantOf(entry: Entry, acceptEncoding = ''): Variant | Promise<Variant> {
  const kept = entry.variants.get(acceptEncoding)
  if (kept !== undefined) return kept
  const making = entry.body.then((body) => body.as(acceptEncoding))
  if (entry.variants.size >= MOST_VARIANTS) return making
  entry.variants.set(acceptEncoding, making)
  // Who comes later needs not wait a turn for what is there.
  making.then(
    (variant) => entry.variants.set(acceptEncoding, variant),
    () => entry.variants.delete(acceptEncoding),
  )
  return making
}
