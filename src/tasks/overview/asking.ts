import type { Db } from '../../db/index.ts'
import type { App } from '../../live/app.ts'
import { type Prompt, promptOf } from '../context/prompt.ts'
import type { Task } from '../tasks.ts'
import { asking } from './overview.ts'

/** A task that waits for a person, with what it asks. */
export interface Asking extends Task {
  prompt: Prompt | null
}

/** Beyond these, what a task asks is on its own page: each costs a look into its output. */
const ASKED = 20

/** The tasks that wait for input: the first of them, and how many there are. */
export async function waitingForPeople(db: Db, app: App): Promise<{ items: readonly Asking[]; total: number }> {
  const { items, total } = await asking(db)
  return { items: await Promise.all(items.map(async (task, i) => ({ ...task, prompt: i < ASKED ? await promptOf(app, task) : null }))), total }
}
