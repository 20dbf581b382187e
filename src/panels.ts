import { panel as events } from './events/panel.ts'
import { panel as home } from './home/panel.ts'
import type { Panel } from './http/panel.ts'
import { panel as hub } from './hub/panel.ts'
import { panel as queues } from './queues/panel.ts'
import { panel as settings } from './settings/panel.ts'
import { panel as tasks } from './tasks/panel.ts'
import { panel as workers } from './workers/panel.ts'

// biome-ignore lint/suspicious/noExplicitAny: each panel has its own data and query; only it ever sees them
export const panels: readonly Panel<any, any, any>[] = [home, tasks, workers, queues, events, hub, settings]
