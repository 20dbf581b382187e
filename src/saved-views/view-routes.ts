import { many, one } from '../http/answer.ts'
import { callerOf, isPlainForm, item } from '../http/respond.ts'
import { type Route, route } from '../http/route.ts'
import { NewName, NewView, removeView, renameView, savedViews, saveView } from './saved-views.ts'

export const viewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tasks/views',
    summary: 'List the saved views',
    may: 'read',
    answer: many('The views, by name'),
    run: async ({ app, c }) => c.json({ epoch: app.epoch, seq: app.hub.head, items: await savedViews(app.db), next: null }),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/views',
    summary: 'Save a view',
    may: 'tasks.operate',
    body: NewView,
    answer: one('The view’s id', 201),
    example: { body: { name: 'Failed today', search: 'q=state:failed since:24h' } },
    async run({ app, c, body }) {
      const saved = await saveView(app, await callerOf(c), body)
      return isPlainForm(c) ? c.redirect(`/tasks?${body.search}`, 303) : item(app, c, saved, 201)
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/views/:id/rename',
    summary: 'Rename a saved view',
    may: 'tasks.operate',
    body: NewName,
    answer: one('The view’s id'),
    example: { params: { id: 'v_1' }, body: { name: 'Failed lately' } },
    async run({ app, c, params, body }) {
      const renamed = await renameView(app, await callerOf(c), params.id, body)
      return isPlainForm(c) ? c.redirect(`/tasks?${renamed.value.search}`, 303) : item(app, c, renamed)
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/views/:id/delete',
    summary: 'Delete a saved view',
    may: 'tasks.operate',
    answer: one('The view’s id'),
    example: { params: { id: 'v_1' } },
    async run({ app, c, params }) {
      const removed = await removeView(app, await callerOf(c), params.id)
      return isPlainForm(c) ? c.redirect('/tasks', 303) : item(app, c, removed)
    },
  }),
]
