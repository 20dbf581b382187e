import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { connect, type PublishOptions, type Target, Unreachable } from '../client/index.js'
import { environment } from '../config.ts'
import { isRawNumber, parseJson } from '../live/json.ts'
import { complain, EXIT } from './complain.ts'
import { TOKEN_FLAGS, tokenFrom, urlFrom } from './credential.ts'

export const help = `telltale emit KIND [JSON] [options]: publishes an event, or keeps it on the disk until the server is up

  KIND              noun.past_participle, such as backup.finished
  JSON              the payload, an object; - reads it from the standard input ({})
  --subject NAME    what it is about; host:nas is stored as host:nas@SOURCE
  --source NAME     the program that it comes from (emit); with a token, the token's name is the source
  --source-id ID    an id is stored once, however often it is sent (a random one)
  --url URL         the server (TELLTALE_URL), instead of --data
  --token-file FILE file with a token of role ingest; or set TELLTALE_TOKEN
  --data DIR        the server's data folder: its control socket, or its inbox while the server is down (TELLTALE_DATA; data)

Prints the event's seq, or the file that keeps it. Exit codes: 0 either; 1 refused; 2 usage; 69 not reachable and no folder.
`

/** A person who waits for one event wants its number rather than a file; a server that is down is noticed at once. */
const PATIENCE_MS = 10_000

interface Asked {
  target: Target
  kind: string
  payload: Record<string, unknown>
  options: PublishOptions
}

/** Publishes one event. */
export async function emit(args: string[]): Promise<number> {
  let asked: Asked
  try {
    asked = await parse(args)
  } catch (error) {
    complain(`telltale emit: ${(error as Error).message}`)
    return EXIT.usage
  }
  const { target, kind, payload, options } = asked
  const client = connect(target)
  try {
    mustBeKnown(target)
    const done = await client.publishAuto(kind, payload, options)
    console.log('seq' in done ? String(done.seq) : `kept in ${done.spooled} until the server is up`)
    return 0
  } catch (error) {
    complain(`telltale: ${(error as Error).message}`)
    return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure
  } finally {
    client.close()
  }
}

async function parse(args: string[]): Promise<Asked> {
  const flag = { type: 'string' } as const
  const options = { ...TOKEN_FLAGS, url: flag, data: flag, source: flag, subject: flag, 'source-id': flag }
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [kind, json = '{}', ...more] = positionals
  if (kind === undefined || more.length > 0) throw new Error('give a kind, then its payload in one argument; see telltale emit --help')
  const { data, source = 'emit', subject, 'source-id': source_id } = values
  const url = urlFrom(values.url ?? (data ? undefined : environment.url))
  if (values.url && data) throw new Error('give --url or --data, not both: an event that waits in the inbox comes from this account, not from the token')
  const folder = data ?? (url ? undefined : environment.data)
  const payload = payloadFrom(json === '-' ? await text(process.stdin) : json)
  return {
    target: { url, token: tokenFrom(values), data: folder, source, patience: PATIENCE_MS },
    kind,
    payload,
    options: { subject, source_id },
  }
}

/** An event in a folder that no server ever reads would be lost without a word. */
function mustBeKnown({ data }: Target) {
  if (data !== undefined && !existsSync(data))
    throw new Error(`there is no data folder ${resolve(data)}: name the server's with --data, or start the server once`)
}

/** Numbers keep all their digits; the client refuses anything but an object. */
function payloadFrom(json: string): Record<string, unknown> {
  try {
    const payload = parseJson(json)
    return (isRawNumber(payload) ? payload.rawJSON : payload) as Record<string, unknown>
  } catch (error) {
    throw new Error(`the payload is not JSON: ${(error as Error).message}`)
  }
}
