import { perApp } from '../../live/app.ts'
import { text } from '../answer.ts'
import { type Route, route } from '../route.ts'

/** Whether the server has started and does not stop yet. */
export const ready = perApp(() => ({ isSo: false }))

/** For whatever watches the server. */
export const routes: readonly Route[] = [
  route({ method: 'GET', path: '/healthz', summary: 'Whether the server answers', may: 'anyone', answer: text('ok'), run: ({ c }) => c.text('ok') }),
  route({
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the server is ready for work',
    may: 'anyone',
    answer: text('ready; 503 while it starts or stops'),
    run: ({ app, c }) => (ready(app).isSo ? c.text('ready') : c.text('starting', 503, { 'Retry-After': '1' })),
  }),
]
