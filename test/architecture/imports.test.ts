import { expect, test } from 'vitest'
import { circles } from './graph.ts'
import { folderOf, goesUp, isHttp, isModel, isVocabulary, speaksHttp } from './rooms.ts'
import { rule } from './rule.ts'
import { isOurs, packagesOf, repository, type Source } from './sources.ts'

const isProgram = ({ path }: Source) => /^(src|views|public\/js)\//.test(path)

/** Pairs of our own files, of which the first imports the second, as values or as types. */
const edges = (sources: readonly Source[]) =>
  sources.filter(isProgram).flatMap(({ path, imports }) => imports.filter(({ to, as }) => isOurs(to) && as !== 'url').map(({ to }) => [path, to] as const))

const wrong = (sources: readonly Source[], isWrong: (from: string, to: string) => boolean) =>
  edges(sources)
    .filter(([from, to]) => isWrong(from, to))
    .map((edge) => edge.join(' → '))

test('there are files to check', () => {
  expect(repository.filter(isProgram).length).toBeGreaterThan(300)
  expect(edges(repository).length).toBeGreaterThan(1000)
})

rule(
  'every file that is imported exists',
  (sources) => {
    const paths = new Set(sources.map(({ path }) => path))
    const isThere = (to: string) => paths.has(to) || paths.has(to.replace(/js$/, 'd.ts'))
    return sources.flatMap(({ path, imports }) => imports.filter(({ to }) => isOurs(to) && !isThere(to)).map(({ to }) => `${path} → ${to}`))
  },
  { 'src/db/open.ts': "import './gone.ts'" },
  { 'src/tasks/log/searches.ts': "new Worker(new URL('search-thread.js', import.meta.url))" },
)

rule(
  'every file that a test names exists',
  (sources) => {
    const paths = new Set(sources.map(({ path }) => path))
    const isFile = (text: string) => /^(src|views|public|test|e2e)\/\S+\.(tsx?|js|css)$/.test(text)
    return sources
      .filter(({ path }) => /^(test|e2e)\/(?!architecture\/)/.test(path))
      .flatMap(({ path, strings }) => strings.filter((text) => isFile(text) && !paths.has(text)).map((text) => `${path}: ${text}`))
  },
  { 'test/crash/run.ts': "const RESTARTING = ['test/live/gone.test.ts']" },
)

rule(
  'no room imports a higher one, nor one at its side',
  (sources) => wrong(sources, goesUp),
  { 'src/db/open.ts': "import { head } from '../log/log.ts'" },
  { 'src/live/hub.ts': "import type { Task } from '../tasks/tasks.ts'" },
  { 'src/access/tokens.ts': "export { inbox } from '../intake/inbox.ts'" },
  { 'src/http/gate/gate.ts': "const shell = await import('../shell/shell.ts')" },
  { 'views/tasks.tsx': "import { answer } from '../src/http/answer.ts'" },
)

/** One contract in three files: a slice has routes, a route is given the site, and the site has slices. */
const CONTRACT = ['src/http/slice.ts', 'src/http/route.ts', 'src/http/site.ts']

rule('there are no import cycles between files', (sources) => circles(edges(sources).filter((edge) => !edge.every((path) => CONTRACT.includes(path)))), {
  'src/tasks/tasks.ts': "import { runs } from './runs.ts'",
  'src/tasks/runs.ts': "import type { Task } from './tasks.ts'",
})

rule(
  'there are no import cycles between folders, where each sub-folder is one of its own',
  (sources) => circles(edges(sources).map(([from, to]) => [folderOf(from), folderOf(to)])),
  {
    'src/tasks/tasks.ts': "import { load } from '../workers/load.ts'",
    'src/workers/workers.ts': "import type { Task } from '../tasks/words-of-tasks.ts'",
  },
  {
    'src/tasks/tasks.ts': "import { search } from './search/search.ts'",
    'src/tasks/search/filter.ts': "import { MOST_ROWS } from '../limits.ts'",
  },
)

rule(
  'a model knows no HTTP and no view',
  (sources) => wrong(sources, (from, to) => isModel(from) && (isHttp(to) || to.startsWith('views/'))),
  { 'src/tasks/tasks.ts': "import { respond } from '../http/respond.ts'" },
  { 'src/tasks/tasks.ts': "import type { taskList } from '../../views/tasks.tsx'" },
  { 'src/workers/workers.ts': "import { panel } from './slice.ts'" },
)

rule(
  'a slice is known to the registry only, and the registry to the command line only',
  (sources) =>
    wrong(
      sources,
      (from, to) =>
        (speaksHttp(to) && to.endsWith('/slice.ts') && from !== 'src/slices.ts') ||
        (to === 'src/slices.ts' && !from.startsWith('src/cli/') && from !== 'src/site.ts'),
    ),
  { 'src/home/slice.ts': "import { panel } from '../tasks/slice.ts'" },
  { 'src/http/shell/shell.ts': "import { panels } from '../../slices.ts'" },
)

rule(
  'only HTTP imports Hono',
  (sources) =>
    sources
      .filter(isProgram)
      .filter(({ path }) => !isHttp(path) && !['src/site.ts', 'src/cli/door.ts'].includes(path))
      .filter((source) => packagesOf(source).some((name) => /^(@hono|hono)(\/|$)/.test(name)))
      .map(({ path }) => path),
  { 'src/tasks/tasks.ts': "import type { Context } from 'hono'" },
)

rule('a vocabulary imports nothing', (sources) => wrong(sources, (from) => isVocabulary(from)), {
  'src/tasks/words.ts': "import type { Task } from './tasks.ts'",
})
