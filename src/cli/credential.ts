import { readFileSync } from 'node:fs'
import { environment, UsageError } from '../config/config.ts'

export const TOKEN_FLAGS = { token: { type: 'string' }, 'token-file': { type: 'string' } } as const

export function urlFrom(url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url
  throw new UsageError(`a server's URL looks like http://127.0.0.1:8355, not ${JSON.stringify(url)}`)
}

/** From `--token-file` or the environment, as a command line is visible to every account. Throws UsageError. */
export function tokenFrom({ token, 'token-file': file }: { token?: string | undefined; 'token-file'?: string | undefined }): string | undefined {
  if (token !== undefined) throw new UsageError('--token would show the token in the process list; set TELLTALE_TOKEN or use --token-file FILE')
  if (file !== undefined) return oneToken(`--token-file ${file}`, contentOf(file))
  return environment.token?.trim() ? oneToken('TELLTALE_TOKEN', environment.token) : undefined
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--token-file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function oneToken(from: string, text: string): string {
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError(`${from} ${token === '' ? 'is empty' : 'must hold one token and nothing else: no spaces and no further lines'}`)
}
