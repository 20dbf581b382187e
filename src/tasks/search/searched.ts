/** What a search of logs found, and how far it came before its time was over. */
export interface Searched {
  ids: readonly string[]
  /** The line that was found, by the task. */
  lines: ReadonlyMap<string, { attempt: number; text: string }>
  looked: Looked
  /** The task after which to search on; null if none is left. */
  next: string | null
}

export interface Looked {
  /** When: the list does not follow the logs. */
  at: string
  /** The number of tasks that it looked through, newest first. */
  tasks: number
  /** How many there are for the rest of the search, from its cursor on. */
  of: number
  /** There are more than `of`. */
  capped: boolean
  /** Attempts with an output that took too long. */
  unread: number
  /** So many other searches waited that this one was not made. */
  is_busy: boolean
}
