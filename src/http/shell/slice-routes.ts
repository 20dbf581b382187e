import { z } from 'zod'
import { json, many, one, page, partial, redirect } from '../answer.ts'
import { routes as palette } from '../palette/routes.ts'
import { type Route, route } from '../route.ts'
import { reportRoute } from '../routes/csp-report.ts'
import { routes as health } from '../routes/health.ts'
import { routes as signIn } from '../routes/sign-in.ts'
import { routes as streams } from '../routes/streams.ts'
import type { AnySlice } from '../slice.ts'
import type { Shell } from './shell.ts'

const STATE = json(z.looseObject({ epoch: z.string(), seq: z.int(), counts: z.record(z.string(), z.record(z.string(), z.int())) }), {
  says: 'What a dashboard shows first',
})

/** Every route: of the server itself, of its shell, and of each slice. */
export const routesOf = (shell: Shell): Route[] => [...health, reportRoute, ...signIn, ...palette, ...streams, ...sliceRoutes(shell)]

/** The routes of the shell, and of each slice: its own, its page, partial and list, and those of one thing. */
function sliceRoutes(shell: Shell): Route[] {
  const home = `/${shell.slices[0]?.noun.many}`
  return [
    route({
      method: 'GET',
      path: '/',
      summary: 'The first page',
      may: 'any role',
      answer: redirect(`To ${home}`, 302),
      run: ({ c }) => c.redirect(home, 302),
    }),
    route({
      method: 'GET',
      path: '/ui/nav',
      summary: 'The sidebar’s entries',
      may: 'read',
      answer: partial('The entries with their counts; at is the slice of the page'),
      run: ({ c }) => shell.nav(c),
    }),
    route({ method: 'GET', path: '/api/state', summary: 'Read the state of everything', may: 'read', answer: STATE, run: ({ c }) => shell.state(c) }),
    ...shell.slices.flatMap((slice) => [...(slice.routes ?? []), ...listRoutes(shell, slice), ...itemRoutes(shell, slice)]),
  ]
}

function listRoutes(shell: Shell, slice: AnySlice): Route[] {
  const {
    noun: { many: name },
    title,
    list: { query },
  } = slice
  const shared = { method: 'GET', summary: title, may: 'read', query } as const
  return [
    route({ ...shared, path: `/${name}`, answer: page(`The page ${title}`), run: (call) => shell.page(call.c, slice, call.query) }),
    route({ ...shared, path: `/ui/${name}`, answer: partial(`The live part of the page ${title}`), run: (call) => shell.partial(call.c, slice, call.query) }),
    route({
      ...shared,
      path: `/api/${name}`,
      answer: many('The list, with the cursor of what follows'),
      run: (call) => shell.list(call.c, slice, call.query),
    }),
  ]
}

function itemRoutes(shell: Shell, slice: AnySlice): Route[] {
  const {
    noun: { many: name },
    title,
    item,
  } = slice
  if (!item) return []
  const shared = { method: 'GET', summary: `One of ${title.toLowerCase()}`, may: 'read', example: { params: { id: item.example } } } as const
  return [
    route({ ...shared, path: `/${name}/:id` as '/:id', answer: page('Its page'), run: ({ c, params: { id } }) => shell.itemPage(c, slice, id) }),
    route({
      ...shared,
      path: `/ui/${name}/:id` as '/:id',
      answer: partial('The live part of its page'),
      run: ({ c, params: { id } }) => shell.itemPartial(c, slice, id),
    }),
    route({ ...shared, path: `/api/${name}/:id` as '/:id', answer: one('It'), run: ({ c, params: { id } }) => shell.item(c, slice, id) }),
  ]
}
