import { statfs } from 'node:fs/promises'
import { spaceOf } from '../db/index.ts'
import type { App } from '../live/app.ts'
import { after, head, oldest } from '../log/log.ts'
import { retention, type Setting } from './retention.ts'

export interface DataState {
  settings: readonly Setting[]
  folder: string
  database_bytes: number
  free_bytes: number
  disk_free_bytes: number | null
  events: number
  oldest_at: string | null
}

export async function dataState({ db, config }: App): Promise<DataState> {
  const { bytes, free_bytes } = await spaceOf(db)
  const [first, last] = [await oldest(db), await head(db)]
  const [event] = await after(db, first - 1, 1)
  return {
    settings: await retention(db, config),
    folder: config.data,
    database_bytes: bytes,
    free_bytes,
    disk_free_bytes: await statfs(config.data).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
    events: event ? last - first + 1 : 0,
    oldest_at: event ? new Date(event.at).toISOString() : null,
  }
}
