import { parseBody } from '../http/body.ts'
import type { Router } from '../http/panel.ts'
import { callerOf, isPlainForm, item, mustBeAllowed } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import { NewView, removeView, savedViews, saveView } from './saved-views.ts'

/** Saved views of the task list: a form on the list, links in the sidebar, JSON for programs. */
export function mountViews(router: Router, app: App) {
  router.get('/api/tasks/views', async (c) => {
    mustBeAllowed(c, 'read')
    return c.json({ epoch: app.epoch, seq: app.hub.head, items: await savedViews(app.db), next: null })
  })
  router.post('/api/tasks/views', async (c) => {
    mustBeAllowed(c, 'tasks.operate')
    const view = await parseBody(c, NewView)
    const saved = await saveView(app, await callerOf(c), view)
    return isPlainForm(c) ? c.redirect(`/tasks?${view.search}`, 303) : item(app, c, saved, 201)
  })
  router.post('/api/tasks/views/:id/delete', async (c) => {
    mustBeAllowed(c, 'tasks.operate')
    const removed = await removeView(app, await callerOf(c), c.req.param('id'))
    return isPlainForm(c) ? c.redirect('/tasks', 303) : item(app, c, removed)
  })
}
