import type { Context } from 'hono'
import type { Assets } from '../assets/assets.ts'
import { isUnchanged } from '../assets/conditional.ts'
import type { Env, Router } from '../slice.ts'

const AN_HOUR = 'public, max-age=3600'
const FOREVER = 'public, max-age=31536000, immutable'

/** What is asked for by a name that does not change. */
const PLAIN = ['/icons.svg', '/favicon.svg', '/favicon-waiting.svg', '/favicon-failed.svg', '/favicon-offline.svg', '/app-icon.svg', '/manifest.webmanifest']

/** Assets under their hashed URLs, kept for ever; a few also under plain ones. */
export function serveAssets(router: Router, assets: Assets) {
  const serve = async (c: Context<Env>, cacheControl: string) => {
    const asset = assets.find(c.req.path)
    if (!asset) return c.text('There is no such file.', 404)
    const etag = `"${asset.url}"`
    const headers: Record<string, string> = { 'Content-Type': asset.type, 'Cache-Control': cacheControl, ETag: etag, Vary: 'Accept-Encoding' }
    if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
    const { bytes, encoding } = await asset.body.as(c.req.header('accept-encoding'))
    if (encoding) headers['Content-Encoding'] = encoding
    return c.body(new Uint8Array(bytes), 200, headers)
  }
  router.get('/assets/*', (c) => serve(c, FOREVER))
  for (const plain of PLAIN) router.get(plain, (c) => serve(c, AN_HOUR))
}
