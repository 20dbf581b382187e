import { queueDetail, queueList } from '../../views/queues.tsx'
import { accessPage } from '../../views/settings/access.tsx'
import { tokenPage } from '../../views/settings/token.tsx'
import { settingsHead, settingsView } from '../../views/settings.tsx'
import { errorFragment, errorPage } from '../../views/shell/error.tsx'
import { panelFrame } from '../../views/shell/frame.tsx'
import { layout } from '../../views/shell/layout.tsx'
import { signInPage } from '../../views/shell/sign-in.tsx'
import { confirmPage, logLines, taskDetail, taskForm, taskHead, taskList, taskLog } from '../../views/tasks.tsx'
import { workerDetail, workerHead, workerList } from '../../views/workers.tsx'
import * as made from './samples.ts'

/** Every view, with `text` wherever a task, a worker or a stranger can write. */
export function everyView(text: string, viewer = made.operator): Record<string, string> {
  const task = made.task({
    title: text,
    command: text,
    description: text,
    queue: text,
    project: text,
    contract: text,
    unique_key: text,
    type: text,
    created_by: text,
    max_attempts: 2,
  })
  const failed = { ...task, id: 't_8', state: 'failed' as const, reason: text, error: `${text}\nmore` }
  const events = [made.event(made.ago(600), 'task.created', {}, text), made.event(made.ago(599), 'task.state_changed', { state: 'failed', reason: text })]
  const attempts = [made.attempt({ attempt: 2, error: text }), made.attempt()]
  const worker = made.worker({ name: text, queues: [text], host: text, reason: text, holds: [{ id: 't_9', title: text, started_at: made.ago(9) }] })
  const types = [
    {
      name: 'backup',
      title: text,
      description: text,
      argv: [text],
      params: { place: { type: 'choice' as const, label: text, help: text, required: false, values: [text] } },
    },
  ]
  const form = { values: { title: text, command: text, description: text, 'params.place': text }, fields: { queue: text }, message: 'Two things are wrong.' }
  return {
    taskHead: taskHead(
      made.filterOf({ q: '"a" "b" -state:done', queue: text, project: text, worker: text, since: '2h' }),
      { view: { id: 'v_1', name: text } },
      viewer,
    ),
    taskList: taskList(made.listOf([task, failed]), made.filterOf({}), viewer),
    taskEmpty: taskList(made.listOf([]), made.filterOf({ q: text }), viewer),
    taskForm: taskForm({ ...form, queues: [text], secrets: [text], types, broken: [], viewer }),
    taskTypeForm: taskForm({ ...form, values: { ...form.values, type: 'backup' }, queues: [text], secrets: [text], types, broken: [], viewer }),
    taskDetail: taskDetail(
      made.detailOf({ ...failed, result: { said: text } }, { attempts, events, runs: [made.run(), made.run({ id: 't_8', state: 'failed' })] }),
      viewer,
    ),
    taskLog: taskLog({
      task,
      attempt: 1,
      html: logLines([{ number: 1, html: 'built', stderr: true, partial: false }]),
      next: 6,
      line: 2,
      ended: true,
      cut: 0,
    }),
    confirmPage: confirmPage({
      verb: 'delete',
      count: 12,
      capped: false,
      sample: [task],
      newest: 9,
      token: 'once',
      zone: 'UTC',
      because: { held: 2, gone: 1 },
      now: made.NOW,
      was: 11,
      ids: [text],
      match: text,
      from: text,
      back: '/tasks',
    }),
    queueList: queueList(
      {
        items: [made.queue({ queue: text, workers: [{ id: 'w_3', name: text, busy: true }] })],
        held: [made.waiting({ title: text, queue: text })],
        next: null,
      },
      {},
      viewer,
    ),
    queueDetail: queueDetail(made.queue({ queue: text, workers: [{ id: 'w_3', name: text, busy: true }] }), viewer),
    workerHead: workerHead(viewer, { ...form, values: { name: text, queues: text } }),
    workerList: workerList(made.workersOf([worker]), {}, viewer),
    workerDetail: workerDetail(made.workerOf(worker, { tasks: [task], events, log: text }), viewer),
    settings: settingsView({ items: [], next: null, version: '1.0.0', build: 'b1', epoch: 'k3v9q2ab', runtime: 'v26', data: text, environment: text }),
    access: accessPage({
      sessions: [made.session()],
      tokens: [made.token({ name: text })],
      secrets: [{ name: 'DEPLOY_KEY', changed_at: made.session().created_at }],
      changes: [{ seq: 1, at: made.session().created_at, kind: 'access.changed', actor: text, text, brief: text, href: '/settings/access' }],
      own: undefined,
      viewer,
    }),
    newToken: tokenPage({ name: text, role: 'worker', token: 'tt_worker_1_x', expires_days: 90 }),
    errorFragment: errorFragment({ status: 409, title: text, detail: text, requestId: text }),
  }
}

/** The same as whole pages. */
export function everyPage(text: string, viewer = made.operator): Record<string, string> {
  const views = everyView(text, viewer)
  const frame = (name: string, body = '') => panelFrame({ name, href: `/ui/${name}`, event: `sse:${name}-changed`, label: text, body })
  const shell = (slice: string, body: string) =>
    layout({
      title: text,
      path: `/${slice}/x`,
      slice,
      palette: text,
      create: { label: text, href: '/tasks/new', key: 'c' },
      search: { href: '/search', label: text },
      nav: [
        {
          name: 'tasks',
          title: 'Tasks',
          icon: 'tasks',
          key: 'g t',
          href: '/tasks',
          group: 'work',
          links: [{ title: text, href: '/tasks?q=1' }],
          current: slice === 'tasks',
          badge: { count: 7, tone: 'failed', words: { one: text, many: text } },
        },
        {
          name: 'workers',
          title: 'Workers',
          icon: 'workers',
          key: 'g w',
          href: '/workers',
          group: 'work',
          links: [{ title: text, href: '/tasks?q=1' }],
          current: slice === 'workers',
          badge: { count: 1, tone: 'quiet' },
        },
      ],
      viewer: { ...viewer, name: text },
      live: { seq: 17, epoch: 'k3v9q2ab', watch: ['task:t_9'] },
      build: 'b1',
      assets: (path) => `/assets/x/${path}`,
      stylesheets: ['/assets/x/css/tokens.css'],
      scripts: ['/assets/x/js/live.js'],
      body,
    })
  return {
    tasks: shell('tasks', `${views.taskHead}${frame('tasks', views.taskList)}`),
    task: shell('tasks', `${frame('task-t_8', views.taskDetail)}${views.taskLog}`),
    confirm: shell('tasks', views.confirmPage ?? ''),
    workers: shell('workers', `${views.workerHead}${frame('workers', views.workerList)}`),
    queues: shell('queues', frame('queues', views.queueList)),
    queue: shell('queues', frame('queue-mail', views.queueDetail)),
    worker: shell('workers', frame('worker-w_3', views.workerDetail)),
    settings: shell('settings', `${settingsHead(viewer, true)}${frame('settings', views.settings)}`),
    access: shell('settings', views.access ?? ''),
    newToken: shell('settings', views.newToken ?? ''),
    error: errorPage({ status: 404, title: text, detail: text, requestId: text }),
    signIn: signInPage({ problem: text, command: text, scripts: ['/assets/x/js/sign-in.js'] }),
  }
}
