import { z } from 'zod'
import { homeView } from '../../views/home.tsx'
import type { Viewer } from '../../views/viewer.ts'
import type { Db } from '../db/index.ts'
import type { Site } from '../http/site.ts'
import type { Slice } from '../http/slice.ts'
import { type App, perApp } from '../live/app.ts'
import { EVERY_KIND } from '../log/kinds.ts'
import { output } from '../tasks/log/output.ts'
import { progressVersion } from '../tasks/progress.ts'
import { feed, type Home, home } from './home.ts'

const HomeQuery = z.object({})
type HomeQuery = z.infer<typeof HomeQuery>

/** Storage that fails writes no event: an open page hears of it within this. */
const PULSE_MS = 1_000
/** The last lines of what runs are this old at most, and one second more. */
const LINES_MS = 5_000

const lines = perApp(() => ({ news: 0, at: Number.NEGATIVE_INFINITY }))

/** Changes when a command has printed, but not more often than every 5 s. */
function printed(app: App): number {
  const seen = lines(app)
  const [{ news }, now] = [output(app), app.clock.elapsed()]
  if (news !== seen.news && now - seen.at >= LINES_MS) Object.assign(seen, { news, at: now })
  return seen.news
}

export const slice: Slice<Home, HomeQuery> = {
  noun: { one: 'home', many: 'home' },
  title: 'Home',
  icon: 'home',
  group: 'now',
  key: 'g h',
  fresh: {
    on: [EVERY_KIND],
    quiet: true,
    pulse: { everyMs: PULSE_MS, version: (app) => `${printed(app)} ${app.storage.trouble ?? ''}` },
    inPlace: progressVersion,
  },
  list: {
    query: HomeQuery,
    load: async (db, _, app) => home(db, app, { sentence: app.sentence, waiting: await waiting(db, app) }),
    view: homeView,
  },
  badge: ({ attention = {} }) => {
    const count = Object.values(attention).reduce((sum, value) => sum + value, 0)
    return count > 0 ? { count, tone: 'waiting', words: { one: 'waiting for you', many: 'waiting for you' } } : undefined
  },
  state: async (db, app) => ({ feed: await feed(db, app.kinds, app.sentence) }),
}

/** What waits for a person, by slice. */
async function waiting(db: Db, app: Site) {
  const found = []
  for (const { needs } of app.slices) {
    if (!needs) continue
    const { items, total } = await needs.load(db, app)
    if (total > 0 || items.length > 0) found.push({ items, total, all: needs.all, lines: (viewer: Viewer) => needs.view({ items, total }, viewer) })
  }
  return found
}
