import { environment } from '../config/config.ts'
import { ask } from './ask.ts'

export const help = `telltale open: print a new one-use sign-in link

  --data DIR   the server's data folder (TELLTALE_DATA, here: ${environment.data})
`

export const open = (args: string[]): Promise<number> =>
  ask('open', args, async (wire) => {
    const { body } = await wire.call<{ url: string }>('POST', '/api/sign-in-links')
    console.log(body.url)
    return 0
  })
