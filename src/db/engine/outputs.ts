export type Stream = 'stdout' | 'stderr'

export interface Run {
  offset: number
  stream: Stream
  bytes: Buffer
}

/** When the bytes from `start` on arrived. */
export interface Arrival {
  start: number
  at: number
}

type Soon<T> = T | Promise<T>

export interface SentRuns {
  firstLine: number
  runs: Run[]
}

/** What is kept of the output of an attempt. Offsets count every printed byte, so they stay valid when the oldest are dropped. */
export interface AttemptOutput {
  readonly start: number
  readonly size: number
  /** The number of the first line that is kept. */
  readonly firstLine: number
  readonly grewAt: number
  /** Up to `most` bytes in printing order, from the first one that is kept. */
  read(from: number, most: number): Soon<Run[]>
  tail(most: number): Soon<Run[]>
  /** How many of the lines that are kept end before `offset`. */
  linesBefore(offset: number): Soon<number>
  /** Those of the bytes from `from` to `end`, in order, as far as they are known. */
  arrivals(from: number, end: number): Soon<readonly Arrival[]>
  parts(): Soon<Iterable<{ start: number; lines: number }>>
}

/** Where the output of tasks is kept. */
export interface Outputs {
  open(task: string, attempt: number): Soon<AttemptOutput>
  /** All of it, in a form that can be sent to a thread: the folder of its files, or its bytes. */
  source(task: string, attempt: number): Soon<string | SentRuns>
  /** Keeps those bytes that it does not have yet, so that resending is safe. */
  append(task: string, attempt: number, run: Run): Soon<{ size: number; hasGrown: boolean }>
  /** The attempt has ended, and prints no more. */
  close(task: string, attempt: number): void
  remove(task: string): Promise<void>
  /** The tasks with output. */
  kept(): AsyncIterable<{ id: string; bytes: number }>
}

const NEWLINE = 0x0a

export function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === NEWLINE) lines++
  return lines
}
