import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment, UsageError } from '../config/config.ts'
import { printable } from '../input/printable.ts'
import { complain, EXIT, failed } from './complain.ts'

export const help = `telltale token: manage tokens for workers, agents and scripts

  telltale token create --role ROLE --name NAME [--expires DAYS] [--queues A,B]
                                             print the new token
  telltale token list
  telltale token revoke ID

  --role     viewer, operator, admin, worker, agent or ingest
  --queues   queues that a worker token may claim from (default: all)
  --expires  lifetime in days, such as 7d (default: 90d)
  --data DIR the server's data folder (TELLTALE_DATA, here: ${environment.data})
`

interface Listed {
  id: string
  name: string
  role: string
  expires_at: string
  used_at: string | null
  revoked_at: string | null
  queues: string[] | null
}

export async function token(args: string[]): Promise<number> {
  let wire: Wire | undefined
  let data: string | undefined
  try {
    const text = { type: 'string' } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { role: text, name: text, expires: text, queues: text, data: text } })
    data = values.data ?? environment.data
    wire = new Wire({ data })
    const [verb, id] = positionals
    if (verb === 'create') return await create(wire, values)
    if (verb === 'list') return await list(wire)
    if (verb === 'revoke' && id) return await revoke(wire, id)
    throw new UsageError('expected create, list or revoke ID; see telltale token --help')
  } catch (error) {
    if (error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      complain(`telltale token: ${(error as Error).message}`)
      return EXIT.usage
    }
    return failed(error, { data })
  } finally {
    wire?.close()
  }
}

async function create(
  wire: Wire,
  { role, name, expires = '90d', queues }: { role?: string; name?: string; expires?: string; queues?: string },
): Promise<number> {
  if (!role || !name) throw new UsageError('create needs --role and --name')
  const days = /^(\d+)d$/.exec(expires)?.[1]
  if (!days) throw new UsageError(`--expires must be a number of days such as 90d, not ${JSON.stringify(expires)}`)
  const { body } = await wire.call<{ item: { token: string } }>('POST', '/api/tokens', {
    name,
    role,
    expires_days: Number(days),
    ...(queues !== undefined && { queues }),
  })
  console.log(body.item.token)
  return 0
}

async function list(wire: Wire): Promise<number> {
  const { body } = await wire.call<{ items: Listed[] }>('GET', '/api/tokens')
  if (body.items.length === 0) complain('No tokens.')
  for (const { id, name, role, expires_at, used_at, revoked_at, queues } of body.items) {
    const status = revoked_at ? `revoked ${revoked_at}` : `expires ${expires_at}, ${used_at ? `used ${used_at}` : 'never used'}`
    console.log(printable(`${id}  ${role.padEnd(8)}  ${name}${queues ? ` for ${queues.join(', ')}` : ''}  (${status})`))
  }
  return 0
}

async function revoke(wire: Wire, id: string): Promise<number> {
  await wire.call('POST', `/api/tokens/${encodeURIComponent(id)}/revoke`)
  console.log(`revoked ${id}`)
  return 0
}
