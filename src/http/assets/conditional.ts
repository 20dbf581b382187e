const WEAK = /^W\//
/** An entity tag, weak or strong (RFC 9110, 8.8.3). */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g

/** Whether `If-None-Match` contains this tag: one tag, a list or `*`, compared weakly (RFC 9110, 13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true
  const opaque = etag.replace(WEAK, '')
  return ifNoneMatch.match(TAG)?.some((tag) => tag.replace(WEAK, '') === opaque) ?? false
}
