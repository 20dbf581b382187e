/** A server-sent event (HTML standard, 9.2.5) as bytes. Throws on a field that would break the frame. */
export function frame({ event, id, data, retry }: { event: string; id?: string; data: unknown; retry?: number }): Buffer {
  for (const field of [event, id ?? '']) {
    if (/[\r\n\0]/.test(field)) throw new Error(`a stream's field cannot hold a line break: ${JSON.stringify(field)}`)
  }
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  const head = `${retry === undefined ? '' : `retry: ${retry}\n`}${id === undefined ? '' : `id: ${id}\n`}event: ${event}\n`
  return Buffer.from(`${head}${lines.join('')}\n`)
}

export const nudgeFrame = (topic: string, seq: number, epoch: string) => frame({ event: `${topic}-changed`, id: `${seq}.${epoch}`, data: { seq } })

/** Keeps a proxy from closing an idle stream; readers ignore it. */
export const COMMENT = Buffer.from(':\n\n')
