import { slice as events } from './events/slice.ts'
import { slice as home } from './home/slice.ts'
import type { AnySlice } from './http/slice.ts'
import { slice as hub } from './hub/slice.ts'
import { slice as queues } from './queues/slice.ts'
import { slice as settings } from './settings/slice.ts'
import { slice as tasks } from './tasks/slice.ts'
import { slice as workers } from './workers/slice.ts'

/** Every slice, in the order of the sidebar. */
export const slices: readonly AnySlice[] = [home, tasks, workers, queues, events, hub, settings]
