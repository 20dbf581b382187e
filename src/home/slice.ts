import { z } from 'zod'
import { homeView } from '../../views/home.tsx'
import type { Panel } from '../http/slice.ts'
import { EVERY_KIND } from '../log/kinds.ts'
import { progressVersion } from '../tasks/progress.ts'
import { feed, type Home, home } from './home.ts'

const HomeQuery = z.object({})
type HomeQuery = z.infer<typeof HomeQuery>

/** Storage that fails writes no event: an open page hears of it within this. */
const PULSE_MS = 1_000

export const panel: Panel<Home, HomeQuery> = {
  name: 'home',
  title: 'Home',
  group: 'now',
  staleOn: [EVERY_KIND],
  isQuiet: true,
  pulse: { ms: PULSE_MS, version: ({ storage }) => storage.trouble ?? '', andEvents: true },
  moves: progressVersion,
  query: HomeQuery,
  load: (db, _, app) => home(db, app),
  view: homeView,
  badge: ({ attention = {} }) => {
    const count = Object.values(attention).reduce((sum, value) => sum + value, 0)
    return count > 0 ? { count, tone: 'alert' } : undefined
  },
  state: async (db) => ({ feed: await feed(db) }),
}
