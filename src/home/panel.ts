import { z } from 'zod'
import { homeView } from '../../views/home.tsx'
import type { Panel } from '../http/panel.ts'
import { EVERY_KIND } from '../live/kinds.ts'
import { progressVersion } from '../tasks/progress.ts'
import { feed, type Home, home } from './home.ts'

const HomeQuery = z.object({})
type HomeQuery = z.infer<typeof HomeQuery>

export const panel: Panel<Home, HomeQuery> = {
  name: 'home',
  title: 'Home',
  group: 'now',
  staleOn: [EVERY_KIND],
  isQuiet: true,
  moves: progressVersion,
  query: HomeQuery,
  load: (db, _, { clock }) => home(db, clock.now()),
  view: homeView,
  badge: ({ attention = {} }) => {
    const count = Object.values(attention).reduce((sum, value) => sum + value, 0)
    return count > 0 ? { count, tone: 'alert' } : undefined
  },
  state: async (db) => ({ feed: await feed(db) }),
}
