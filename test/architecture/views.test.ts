import { isHttp, isView, isVocabulary } from './rooms.ts'
import { rule } from './rule.ts'
import type { Source } from './sources.ts'

const viewsWith =
  (pattern: RegExp, isPlace = (_: string) => false) =>
  (sources: readonly Source[]) =>
    sources.filter(({ path, text }) => isView(path) && pattern.test(text) && !isPlace(path)).map(({ path }) => path)

rule(
  'only HTTP imports a view',
  (sources) =>
    sources
      .filter(({ path }) => path.startsWith('src/') && !isHttp(path))
      .flatMap(({ path, imports }) => imports.filter(({ to }) => isView(to)).map(({ to }) => `${path} → ${to}`)),
  { 'src/tasks/tasks.ts': "import { taskList } from '../../views/tasks.tsx'" },
  { 'src/cli/serve.ts': "import type { Viewer } from '../../views/viewer.ts'" },
)

rule(
  'a view imports types and vocabulary from src, and nothing else',
  (sources) =>
    sources
      .filter(({ path }) => isView(path))
      .flatMap(({ path, imports }) =>
        imports.filter(({ to, as }) => as !== 'type' && to.startsWith('src/') && !isVocabulary(to)).map(({ to }) => `${path} → ${to}`),
      ),
  { 'views/tasks.tsx': "import { list, type Task } from '../src/tasks/tasks.ts'" },
  { 'views/tasks/list.tsx': "export * from '../../src/tasks/search/filter.ts'" },
)

rule(
  'no trigger inside a partial listens to the stream',
  viewsWith(/sse:/, (path) => /(frame|layout|nav)\.tsx$/.test(path)),
  { 'views/tasks.tsx': '<div hx-trigger="sse:tasks-changed"></div>' },
)

rule(
  'no view scripts or styles in place',
  viewsWith(/hx-on|js:|hx-trigger="[^"]*\[|style=|javascript:|<script>/),
  { 'views/tasks.tsx': '<a hx-on:click="go()"></a>' },
  { 'views/tasks.tsx': '<a hx-vals="js:{a: 1}"></a>' },
  { 'views/tasks.tsx': '<a hx-trigger="load[ready]"></a>' },
  { 'views/tasks.tsx': '<a style="color: red"></a>' },
  { 'views/tasks.tsx': '<a href="javascript:go()"></a>' },
  { 'views/tasks.tsx': '<script>go()</script>' },
)
