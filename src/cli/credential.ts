import { readFileSync } from 'node:fs'
import { environment, UsageError } from '../config.ts'

/** For `parseArgs`. `token` is read so that it can be refused with a reason. */
export const TOKEN_FLAGS = { token: { type: 'string' }, 'token-file': { type: 'string' } } as const

/** The caller's token, from `--token-file` or the environment: every account of the machine can read a command line. Throws UsageError. */
export function tokenFrom({ token, 'token-file': file }: { token?: string | undefined; 'token-file'?: string | undefined }): string | undefined {
  if (token !== undefined) throw new UsageError('--token would show the token in the process list: set TELLTALE_TOKEN, or give --token-file FILE')
  if (file === undefined) return environment.token
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`--token-file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
