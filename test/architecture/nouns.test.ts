import { expect, test } from 'vitest'
import { servesSlices } from './rooms.ts'
import { rule } from './rule.ts'
import { repository, type Source } from './sources.ts'

/** The log is a table `events` of its own, and its API is not that of the slice which shows it. */
const OF_THE_LOG = 'events'
const NOUNS = repository.flatMap(({ path }) => /^src\/(?!http\/)([a-z]+)\/slice\.ts$/.exec(path)?.[1] ?? []).filter((noun) => noun !== OF_THE_LOG)

/** The rooms below the slices, and what every page shares. The schema has the tables of slices, and the client is generated from their kinds. */
const isShared = (path: string) =>
  (servesSlices(path) && !/^src\/(worker|client|db\/(schema|migrations))/.test(path)) || /^views\/(shell|ui|palette)\b/.test(path)

const one = (noun: string) => noun.replace(/s$/, '')
const names = NOUNS.flatMap((noun) => [noun, one(noun)]).join('|')
const many = NOUNS.join('|')

/** A name by itself, a kind `task.created`, an action `tasks.create`, a subject `task:t_1`, a topic `tasks-changed`, or a URL `/api/tasks/t_1`. */
const NAME = new RegExp(`^((${names})([.:].*)?|(${many})-changed|/?((ui|api)/)?(${many})([/?#].*)?)$`)

const namesSlice = (text: string) => NAME.test(text)

test('a name counts, and a word of a sentence does not', () => {
  const named = [
    'tasks',
    'task',
    'task.created',
    'tasks.create',
    'task:',
    'task:t_1',
    'tasks-changed',
    '/tasks',
    '/tasks/',
    '/ui/tasks?state=failed',
    '/api/workers/w_1',
    'api/tasks',
  ]
  const ordinary = ['The task is gone.', 'taskbar', 'tasks of the day', '/homepage', 'multitasks', 'Worker stopped', '']
  expect(named.filter(namesSlice)).toEqual(named)
  expect(ordinary.filter(namesSlice)).toEqual([])
})

/** Names that are those of slices too, by file. */
const ALLOWED: Record<string, readonly string[]> = {
  // A role, and what a token of that role is bound to.
  'src/access/tokens.ts': ['worker', 'queues'],
  // A role.
  'src/log/actor.ts': ['worker'],
  // A field of payloads that holds no text from people.
  'src/log/redact.ts': ['queue'],
  // Examples in the documentation.
  'src/http/routes/streams.ts': ['task:t_1', 'tasks', 'task.'],
  // The menu of the viewer.
  'views/shell/layout.tsx': ['settings', '/settings'],
  // Icons are named for what they stand for.
  'views/ui/icon.tsx': ['home', 'hub', 'queues', 'settings', 'tasks', 'workers'],
  // The option --workers.
  'src/config/config.ts': ['workers'],
  // Its tables.
  'src/db/postgres/migrations/0001_schema.ts': ['tasks', 'workers'],
  // The table that it searches.
  'src/db/text.ts': ['tasks'],
}

const naming = (sources: readonly Source[]) =>
  sources
    .filter(({ path }) => isShared(path))
    .map(({ path, strings }) => ({ path, named: new Set(strings.filter((text) => namesSlice(text) && !ALLOWED[path]?.includes(text))) }))
    .filter(({ named }) => named.size > 0)

rule(
  'no room that serves slices names one, not even in a string',
  (sources) => naming(sources).map(({ path, named }) => `${path}: ${[...named].join(', ')}`),
  { 'src/log/vocabulary.ts': "const KINDS = ['task.created']" },
  { 'src/access/sessions.ts': "const ACTIONS = { operator: ['tasks.create'] }" },
  { 'src/live/hub.ts': "const SUBJECT_OF = { t: 'task' }" },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is a source
  { 'src/intake/inbox.ts': 'const subject = `task:${id}`' },
  { 'views/ui/table.tsx': '<a href="/workers">Workers</a>' },
)
