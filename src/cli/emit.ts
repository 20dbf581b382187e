import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { connect, type PublishOptions, type Target, Unreachable } from '../client/index.js'
import { environment } from '../config/config.ts'
import { isRawNumber, parseJson } from '../input/json.ts'
import { complain, EXIT } from './complain.ts'
import { TOKEN_FLAGS, tokenFrom, urlFrom } from './credential.ts'

export const help = `telltale emit KIND [JSON] [options]: publish an event, or store it until the server is up

  KIND              noun.past_participle, such as backup.finished
  JSON              payload, an object; - reads it from standard input (default: {})
  --subject NAME    what the event is about; host:nas is stored as host:nas@SOURCE
  --source NAME     name of the sending program (default: emit); with a token, the token's name is used
  --source-id ID    events with the same id are stored once (default: a random id)
  --url URL         server address (TELLTALE_URL), instead of --data
  --token-file FILE file with a token of role ingest; or set TELLTALE_TOKEN
  --data DIR        the server's data folder; while the server is down, the event waits in its inbox (TELLTALE_DATA, here: ${environment.data})

Prints the event's number, or the file where it waits. Exit codes: 0 published or stored; 1 refused; 2 wrong usage;
69 server not reachable, and no data folder.
`

/** Report an unreachable server soon: a person at a terminal is waiting. */
const PATIENCE_MS = 10_000

interface Invocation {
  target: Target
  kind: string
  payload: Record<string, unknown>
  options: PublishOptions
}

export async function emit(args: string[]): Promise<number> {
  let invocation: Invocation
  try {
    invocation = await parse(args)
  } catch (error) {
    complain(`telltale emit: ${(error as Error).message}`)
    return EXIT.usage
  }
  const { target, kind, payload, options } = invocation
  const client = connect(target)
  try {
    mustBeKnown(target)
    const done = await client.publishAuto(kind, payload, options)
    console.log('seq' in done ? String(done.seq) : `stored in ${done.spooled} until the server is up`)
    return 0
  } catch (error) {
    complain(`telltale: ${(error as Error).message}`)
    return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure
  } finally {
    client.close()
  }
}

async function parse(args: string[]): Promise<Invocation> {
  const flag = { type: 'string' } as const
  const options = { ...TOKEN_FLAGS, url: flag, data: flag, source: flag, subject: flag, 'source-id': flag }
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [kind, json = '{}', ...more] = positionals
  if (kind === undefined || more.length > 0) throw new Error('give a kind, then its payload in one argument; see telltale emit --help')
  const { data, source = 'emit', subject, 'source-id': source_id } = values
  const url = urlFrom(values.url ?? (data ? undefined : environment.url))
  if (values.url && data) throw new Error('give --url or --data, not both: an event in the inbox is from this account, not from the token')
  const folder = data ?? (url ? undefined : environment.data)
  const payload = payloadFrom(json === '-' ? await text(process.stdin) : json)
  return {
    target: { url, token: tokenFrom(values), data: folder, source, patience: PATIENCE_MS },
    kind,
    payload,
    options: { subject, source_id },
  }
}

/** An event in a folder that no server reads would be lost silently. */
function mustBeKnown({ data }: Target) {
  if (data !== undefined && !existsSync(data))
    throw new Error(`there is no data folder ${resolve(data)}; give the server's with --data, or start the server once`)
}

function payloadFrom(json: string): Record<string, unknown> {
  try {
    const payload = parseJson(json)
    return (isRawNumber(payload) ? payload.rawJSON : payload) as Record<string, unknown>
  } catch (error) {
    throw new Error(`the payload is not JSON: ${(error as Error).message}`)
  }
}
