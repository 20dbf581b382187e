import type { Hono } from 'hono'
import { closeApp, createApp, type Deps, endStreams, startApp } from './app.ts'
import { Assets } from './http/assets/assets.ts'
import { ready } from './http/routes/health.ts'
import { startPulses } from './http/shell/pulse.ts'
import { serve } from './http/shell/serve.ts'
import { Shell } from './http/shell/shell.ts'
import { routesOf } from './http/shell/slice-routes.ts'
import type { Site } from './http/site.ts'
import { type AnySlice, declaredBy, type Env, isQuiet } from './http/slice.ts'
import type { Topic } from './live/hub.ts'
import { COMMON, Permissions } from './log/actor.ts'
import { kindsOf } from './log/kinds.ts'
import { sentence } from './log/sentence.ts'

export interface Telltale extends Site {
  http: Hono<Env>
  shell: Shell
  start(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

type SiteDeps = Pick<Deps, 'config' | 'file' | 'clock' | 'log'> & { slices: readonly AnySlice[] }

/** The whole program except listening: tests call `http.request`. */
export async function createSite({ slices, ...deps }: SiteDeps): Promise<Telltale> {
  const app = await createApp({
    ...deps,
    topics: topicsOf(slices),
    kinds: kindsOf(slices.flatMap(({ events = {} }) => Object.values(events))),
    permissions: new Permissions([COMMON, ...slices.map(({ actions = {} }) => actions)]),
    declared: declaredBy(slices),
  })
  const site = app as Telltale
  const shell = new Shell(site, slices)
  Object.assign(site, {
    slices: shell.slices,
    routes: routesOf(shell),
    assets: new Assets(stylesheetsOf(slices)),
    shell,
    renders: shell.cache.stats,
    render: shell.fragment,
    bare: shell.bare,
    sentence: (event) => sentence(event, app.kinds, (subject) => pageOf(slices, subject)),
    ...life(site),
  } satisfies Omit<Telltale, keyof typeof app | 'http'>)
  for (const { may, path } of site.routes) {
    if (may.includes('.') && !app.permissions.has(may as `${string}.${string}`)) throw new Error(`${path}: no slice declares the action ${may}`)
  }
  site.http = serve(site)
  for (const slice of slices) slice.init?.(site)
  return site
}

/** What readers hear of: each slice, and the sidebar, which counts on those that are not quiet. */
function topicsOf(slices: readonly AnySlice[]): Topic[] {
  const topics = slices.map((slice) => ({ name: slice.noun.many, staleOn: slice.fresh.on ?? [], isQuiet: isQuiet(slice) }))
  const counted = topics.filter((topic) => !topic.isQuiet).flatMap(({ staleOn }) => staleOn)
  const linked = slices.filter(({ links }) => links).length > 0 ? ['setting.'] : []
  return [...topics, { name: 'nav', staleOn: [...linked, ...counted] }]
}

const stylesheetsOf = (slices: readonly AnySlice[]) =>
  Object.fromEntries(slices.flatMap(({ noun, stylesheet }) => (stylesheet ? [[noun.many, stylesheet]] : [])))

function pageOf(slices: readonly AnySlice[], subject: string): string | undefined {
  const [noun, id] = subject.split(/:(.*)/s)
  const slice = slices.find(({ noun: { one }, item }) => one === noun && item)
  return slice && `/${slice.noun.many}/${id}`
}

function life(site: Telltale): Pick<Telltale, 'start' | 'stop' | 'close'> {
  const stops: (() => unknown)[] = []
  return {
    async start() {
      await site.assets.bundle()
      stops.push(await startApp(site), startPulses(site))
      for (const slice of site.slices) if (slice.start) stops.push(slice.start(site))
      ready(site).isSo = true
    },
    async stop() {
      ready(site).isSo = false
      for (const stop of stops.reverse()) await stop()
      await endStreams(site)
    },
    close: () => closeApp(site),
  }
}
