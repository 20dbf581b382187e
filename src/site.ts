import type { Hono } from 'hono'
import { closeApp, createApp, type Deps, endStreams, startApp } from './app.ts'
import { Assets } from './http/assets/assets.ts'
import { ready } from './http/routes/health.ts'
import { startPulses } from './http/shell/pulse.ts'
import { serve } from './http/shell/serve.ts'
import { Shell } from './http/shell/shell.ts'
import { routesOf } from './http/shell/slice-routes.ts'
import type { Site } from './http/site.ts'
import type { Env, Panel } from './http/slice.ts'
import { routes as palette } from './palette/palette-routes.ts'

export interface Telltale extends Site {
  http: Hono<Env>
  shell: Shell
  start(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** The whole program except listening: tests call `http.request`. */
export async function createSite({ panels, ...deps }: Omit<Deps, 'topics'> & { panels: readonly Panel[] }): Promise<Telltale> {
  const nav = { name: 'nav', staleOn: ['setting.', ...panels.filter(({ isQuiet }) => !isQuiet).flatMap(({ staleOn }) => staleOn)] }
  const app = await createApp({ ...deps, topics: [...panels, nav] })
  const assets = new Assets()
  const site = app as Telltale
  const shell = new Shell(site, panels, assets)
  Object.assign(site, {
    panels: shell.panels,
    routes: [...palette, ...routesOf(shell)],
    assets,
    shell,
    renders: shell.cache.stats,
    render: shell.fragment,
    bare: shell.bare,
    ...life(site),
  } satisfies Omit<Telltale, keyof typeof app | 'http'>)
  site.http = serve(site)
  for (const panel of panels) panel.init?.(site)
  return site
}

function life(site: Telltale): Pick<Telltale, 'start' | 'stop' | 'close'> {
  const stops: (() => void | Promise<void>)[] = []
  return {
    async start() {
      await site.assets.bundle()
      stops.push(await startApp(site), startPulses(site))
      for (const panel of site.panels) if (panel.start) stops.push(panel.start(site))
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
