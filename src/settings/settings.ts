import { readFileSync } from 'node:fs'
import type { Db } from '../db/index.ts'
import type { Page } from '../http/panel.ts'
import type { App } from '../live/app.ts'
import { retention, type Setting } from './retention.ts'

export interface Settings extends Page<Setting> {
  version: string
  build: string
  epoch: string
  runtime: string
  data: string
  environment: string | null
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export async function settings(db: Db, { build, epoch, config }: App): Promise<Settings> {
  const items = await retention(db, config)
  return { items, next: null, version, build, epoch, runtime: process.version, data: config.data, environment: config.environment?.name ?? null }
}
