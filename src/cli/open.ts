import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment } from '../config/config.ts'
import { complain, EXIT, failed } from './complain.ts'

export const help = `telltale open: print a new one-use sign-in link

  --data DIR   the server's data folder (TELLTALE_DATA, default: data)
`

/** Uses the control socket, which only the owner can open. */
export async function open(args: string[]): Promise<number> {
  let data: string
  try {
    data = parseArgs({ args, options: { data: { type: 'string' } } }).values.data ?? environment.data
  } catch (error) {
    complain(`telltale open: ${(error as Error).message}`)
    return EXIT.usage
  }
  const wire = new Wire({ data })
  try {
    const { body } = await wire.call<{ url: string }>('POST', '/api/sign-in-links')
    console.log(body.url)
    return 0
  } catch (error) {
    return failed(error)
  } finally {
    wire.close()
  }
}
