import { readFileSync } from 'node:fs'
import type { Db, Window } from '../db/index.ts'
import type { App } from '../live/app.ts'
import { retention, type Setting } from './retention.ts'

export interface Settings extends Window<Setting> {
  version: string
  build: string
  epoch: string
  runtime: string
  data: string
  environment: string | null
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export async function settings(db: Db, { epoch, config }: App, build: string): Promise<Settings> {
  const items = await retention(db, config)
  return { items, next: null, version, build, epoch, runtime: process.version, data: config.data, environment: config.environment?.name ?? null }
}
