import type { Readable } from 'node:stream'

export interface Frame {
  event: string
  data: string
  /** The id of this frame, or of the last one before it that had any; absent until then. */
  id?: string
}

/** The frames of an event stream (WHATWG HTML, 9.2.6), as they come, without comments, until it ends or breaks. */
export async function* frames(stream: Readable): AsyncGenerator<Frame> {
  let id: string | undefined
  let fields: Record<string, string[]> = {}
  for await (const line of lines(stream)) {
    if (line === '') {
      if (fields.data) yield { event: fields.event?.at(-1) ?? 'message', data: fields.data.join('\n'), ...(id !== undefined && { id }) }
      fields = {}
      continue
    }
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'id') id = value
    else fields[name] = [...(fields[name] ?? []), value]
  }
}

async function* lines(stream: Readable): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const text of stream.setEncoding('utf8')) {
      const complete = (rest + text).split(/\r?\n/)
      rest = complete.pop() as string
      yield* complete
    }
  } catch {
    // A broken connection ends the stream as a closed one does: the reader resumes either.
  }
}
