import type { Dashboard } from '../support/dashboard.ts'
import type { Server } from '../support/server.ts'

/** Less than the delay of a poll or of the watchdog. */
export const MOST_TIMES_LATER = 5

const now = () => performance.timeOrigin + performance.now()
const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

/** Ms from before the POST of a task until its row is in the last of these pages. With `told`, each page fetches at once. */
export async function delay(server: Server, pages: readonly Dashboard[], { title, told = false }: { title: string; told?: boolean }): Promise<number> {
  const began = now()
  const id = await server.newTask({ title })
  if (told) await Promise.all(pages.map(({ page }) => page.evaluate('tasksSurface.refresh()')))
  await Promise.all(pages.map((each) => each.row(id).waitFor()))
  const seen = await Promise.all(pages.map((each) => each.firstSeen(`task-${id}`)))
  return Math.max(...seen) - began
}

/** Prints both medians and returns their ratio. */
export function timesLater(what: string, live: readonly number[], fetched: readonly number[]): number {
  const times = median(live) / median(fetched)
  const [ours, theirs, slowest] = [median(live), median(fetched), Math.max(...live)].map((ms) => `${ms.toFixed(1)} ms`)
  console.log(`${what}: median ${ours} (slowest ${slowest}, of ${live.length}), ${theirs} where it is fetched at once: ${times.toFixed(2)} times`)
  return times
}
