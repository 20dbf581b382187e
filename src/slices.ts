import { panel as events } from './events/slice.ts'
import { panel as home } from './home/slice.ts'
import type { Panel } from './http/slice.ts'
import { panel as hub } from './hub/slice.ts'
import { panel as queues } from './queues/slice.ts'
import { panel as settings } from './settings/slice.ts'
import { panel as tasks } from './tasks/slice.ts'
import { panel as workers } from './workers/slice.ts'

// biome-ignore lint/suspicious/noExplicitAny: each panel has its own data and query; only it ever sees them
export const panels: readonly Panel<any, any, any>[] = [home, tasks, workers, queues, events, hub, settings]
