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
    answer: text('ready; 503 while it starts or stops, or until it is restarted on a log that began again'),
    run({ app, c }) {
      const isReplaced = app.storage.trouble === 'replaced'
      if (ready(app).isSo && !isReplaced) return c.text('ready')
      return c.text(isReplaced ? 'restart this server: the database’s log began again elsewhere' : 'starting', 503, { 'Retry-After': '1' })
    },
  }),
]
