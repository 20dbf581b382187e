import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment } from '../config/config.ts'
import { complain, EXIT, failed } from './complain.ts'

/** For a verb whose only option is --data: calls `act` with that server's control socket, which only the owner can open. Returns the exit code. */
export async function ask(verb: string, args: string[], act: (wire: Wire, data: string) => Promise<number>): Promise<number> {
  let data: string
  try {
    data = parseArgs({ args, options: { data: { type: 'string' } } }).values.data ?? environment.data
  } catch (error) {
    complain(`telltale ${verb}: ${(error as Error).message}`)
    return EXIT.usage
  }
  const wire = new Wire({ data })
  try {
    return await act(wire, data)
  } catch (error) {
    return failed(error, { data })
  } finally {
    wire.close()
  }
}
