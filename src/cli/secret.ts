import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment, UsageError } from '../config/config.ts'
import { complain, EXIT, failed } from './complain.ts'

export const help = `telltale secret: manage secrets, which tasks name in their environment as secret:NAME

  telltale secret set NAME      set it to the text on standard input, without the last line break
  telltale secret list
  telltale secret remove NAME

  --data DIR   the server's data folder (TELLTALE_DATA, here: ${environment.data})

A worker puts the value into the environment of the command and masks it in the output. It is never shown again.
Example: telltale secret set DEPLOY_KEY < key.txt; telltale run --env KEY=secret:DEPLOY_KEY -- ./deploy
`

interface Listed {
  name: string
  changed_at: string
}

export async function secret(args: string[]): Promise<number> {
  let wire: Wire | undefined
  let data: string | undefined
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { data: { type: 'string' } } })
    data = values.data ?? environment.data
    wire = new Wire({ data })
    await act(wire, positionals)
    return 0
  } catch (error) {
    if (error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      complain(`telltale secret: ${(error as Error).message}`)
      return EXIT.usage
    }
    return failed(error, { data })
  } finally {
    wire?.close()
  }
}

async function act(wire: Wire, [verb, name, ...more]: string[]) {
  if (verb === 'list' && name === undefined) return list(wire)
  if (name === undefined || more.length > 0 || (verb !== 'set' && verb !== 'remove')) {
    throw new UsageError('expected set NAME, list or remove NAME; see telltale secret --help')
  }
  if (verb === 'remove') return wire.call('POST', `/api/secrets/${encodeURIComponent(name)}/remove`)
  if (process.stdin.isTTY) complain('Type the secret, then press Enter and Ctrl-D. It is visible while you type.')
  const value = (await text(process.stdin)).replace(/\r?\n$/, '')
  return wire.call('POST', '/api/secrets', { name, value })
}

async function list(wire: Wire) {
  const { body } = await wire.call<{ items: Listed[] }>('GET', '/api/secrets')
  for (const { name, changed_at } of body.items) console.log(`${name.padEnd(32)} set ${changed_at}`)
}
