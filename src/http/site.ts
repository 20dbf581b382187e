import type { Context } from 'hono'
import type { App } from '../live/app.ts'
import type { LoggedEvent } from '../log/log.ts'
import type { Sentence } from '../log/sentence.ts'
import type { Assets } from './assets/assets.ts'
import type { Route } from './route.ts'
import type { AnySlice, Env } from './slice.ts'

/** An app with pages: what a handler may use. */
export interface Site extends App {
  slices: readonly AnySlice[]
  routes: readonly Route[]
  assets: Assets
  /** How many partials were rendered, came from the cache, or were not modified. */
  readonly renders: Readonly<{ renders: number; hits: number; notModified: number }>
  /** The live part of the page at `path`, as the caller would get it now. Throws not_found. */
  render(c: Context<Env>, path: string): Promise<string>
  /** A page around `body` with nothing live in it: a confirmation, or a form with errors. */
  bare(c: Context<Env>, title: string, body: string, more?: Bare): Promise<Response>
  /** An event in words, with the page about it. */
  sentence(event: LoggedEvent): Sentence
}

export interface Bare {
  status?: 200 | 422
  /** The slice that the page belongs to; default: the one in its path. */
  at?: string
  /** What it loads besides the bundle of its slice. */
  bundles?: readonly string[]
}
