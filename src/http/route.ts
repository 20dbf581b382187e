import type { Context } from 'hono'
import type { ZodType } from 'zod'
import type { Problem } from '../input/problem.ts'
import type { Action } from '../log/actor.ts'
import type { Answer } from './answer.ts'
import type { Site } from './site.ts'
import type { Env } from './slice.ts'

/** The callers that may use a route: anyone, even signed out; any role; the roles that may do an action; the control socket only. */
export type May = 'anyone' | 'any role' | Action | 'control socket'

/** A request that was let in, with its query and body checked. */
export interface Call<Param extends string = string, Query = unknown, Body = unknown> {
  app: Site
  c: Context<Env>
  params: Readonly<Record<Param, string>>
  query: Query
  body: Body
}

/** What a refused form shows again: its values as texts, and what is wrong with them. */
export interface RefusedForm {
  values: Record<string, string>
  fields: Problem['fields']
  message: string
  problem: Problem
}

/** An address of the server. Its registration, authorisation, 405, documentation and tests follow from here. */
export interface Route<Param extends string = string, Query = unknown, Body = unknown> {
  method: 'GET' | 'POST' | 'DELETE'
  /** As Hono writes it: `/api/tasks/:id`. */
  path: string
  /** What it does, as a heading. */
  summary: string
  may: May
  query?: ZodType<Query>
  body?: ZodType<Body>
  /** What `body` checks; default: the JSON or form that was sent. */
  read?(app: Site, c: Context<Env>): Promise<unknown>
  answer: Answer
  run(call: Call<Param, Query, Body>): Response | Promise<Response>
  /** The form, for a browser whose input is invalid or in conflict; answered as 422, in a page with this title unless htmx asked. */
  form?: { title: string; again(call: Omit<Call, 'query' | 'body'>, refused: RefusedForm): string | Promise<string> }
  /** What documentation shows and a test sends. */
  example?: { params?: Record<string, string>; query?: Record<string, string>; body?: Record<string, unknown> }
}

/** The names of a path's parameters. */
type Params<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Params<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** An entry of a table of routes: `run` is given what the path, `query` and `body` say. */
export function route<const Path extends string, Query = undefined, Body = undefined>(entry: Route<Params<Path>, Query, Body> & { path: Path }): Route {
  return entry as unknown as Route
}
