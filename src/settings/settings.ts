import { readFileSync } from 'node:fs'
import type { Page } from '../http/panel.ts'
import type { App } from '../live/app.ts'

/** What this installation is. It changes with a restart only. */
export interface Settings extends Page<never> {
  version: string
  build: string
  epoch: string
  /** The version of Node that runs it. */
  runtime: string
  data: string
  environment: string | null
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export function settings({ build, epoch, config }: App): Settings {
  return { items: [], next: null, version, build, epoch, runtime: process.version, data: config.data, environment: config.environment?.name ?? null }
}
