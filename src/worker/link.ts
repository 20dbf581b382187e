import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, backOff, type CallOptions, isPassing, Refused, type Wire } from '../client/wire.js'

/** Grants in a response count from `sentAt`, in monotonic ms. */
interface Heard<T> extends Answer<T> {
  sentAt: number
}

export interface Insistence extends CallOptions {
  longestPauseMs?: number | undefined
}

export interface Link {
  post<T>(path: string, body: unknown, options?: CallOptions): Promise<Heard<T>>
  /** Retries until it succeeds. Throws a permanent refusal, or the signal's reason. */
  insist<T>(path: string, body: unknown, options?: Insistence): Promise<Heard<T>>
  isBroken(): boolean
}

export type Say = (line: string) => void

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000

export function link(wire: Wire, say: Say): Link {
  let brokenSince: number | undefined

  async function post<T>(path: string, body: unknown, options?: CallOptions): Promise<Heard<T>> {
    const sentAt = performance.now()
    try {
      const answer = await wire.call<T>('POST', path, body, options)
      restored()
      return { ...answer, sentAt }
    } catch (error) {
      if (isPassing(error)) broken(error as Error)
      else if (error instanceof Refused) restored()
      throw error
    }
  }

  async function insist<T>(path: string, body: unknown, { longestPauseMs, ...options }: Insistence = {}): Promise<Heard<T>> {
    for (let tries = 0; ; tries++) {
      try {
        return await post<T>(path, body, options)
      } catch (error) {
        if (!isPassing(error)) throw error
        await pause(pauseMs(tries, longestPauseMs), undefined, options.signal ? { signal: options.signal } : {}).catch(() => {})
        options.signal?.throwIfAborted()
      }
    }
  }

  function broken({ message }: Error) {
    if (brokenSince === undefined) say(`waiting for the server: ${message}`)
    brokenSince ??= performance.now()
  }

  function restored() {
    if (brokenSince !== undefined) say(`the server responds again, after ${Math.round((performance.now() - brokenSince) / 1000)} s`)
    brokenSince = undefined
  }

  return { post, insist, isBroken: () => brokenSince !== undefined }
}

export const pauseMs = (tries: number, longestMs = LONGEST_PAUSE_MS) => backOff(tries, FIRST_PAUSE_MS, longestMs)
