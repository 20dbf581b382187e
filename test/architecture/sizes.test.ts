import { dirname } from 'node:path'
import { rule } from './rule.ts'

/** Lines, by the kind of file: one that outgrows its ceiling wants a second noun. */
const CEILINGS: readonly [RegExp, number][] = [
  [/^src\//, 250],
  [/^views\//, 200],
  [/^public\/css\//, 250],
  [/^public\/js\/elements\//, 120],
  [/^public\/js\//, 150],
  [/^(test|e2e)\//, 350],
]
const MOST_LINES_OF_A_FUNCTION = 45
const MOST_FILES = 14
/** A list to which each change of the schema adds one. */
const GROWS = 'src/db/sqlite/migrations'

const lines = (count: number) => 'line\n'.repeat(count)
const body = (count: number) => `{\n${'  go()\n'.repeat(count)}}`

rule(
  'no file has outgrown its ceiling',
  (sources) =>
    sources
      .filter(({ path }) => /\.(tsx?|js|css|sh)$/.test(path))
      .map(({ path, text }) => ({
        path,
        lines: text.split('\n').length - 1,
        ceiling: CEILINGS.find(([kind]) => kind.test(path))?.[1] ?? Number.POSITIVE_INFINITY,
      }))
      .filter(({ lines, ceiling }) => lines > ceiling)
      .map(({ path, lines }) => `${path} has ${lines} lines`),
  { 'src/tasks/tasks.ts': lines(251) },
  { 'views/tasks.tsx': lines(201) },
  { 'public/css/tasks.css': lines(251) },
  { 'public/js/elements/menu.js': lines(121) },
  { 'public/js/live/live.js': lines(151) },
  { 'test/tasks/tasks.test.ts': lines(351) },
)

rule(
  'no function has outgrown its ceiling',
  (sources) =>
    sources
      .filter(({ path }) => /^(src|views)\/.*\.ts$/.test(path))
      .flatMap(({ path, functions }) =>
        functions.filter(({ lines }) => lines > MOST_LINES_OF_A_FUNCTION).map(({ line, lines }) => `${path}:${line} has ${lines} lines`),
      ),
  { 'src/tasks/tasks.ts': `export function create() ${body(44)}` },
  { 'views/tasks/links.ts': `const href = () => ${body(44)}` },
  { 'src/live/hub.ts': `class Hub { wake() ${body(44)} }` },
)

rule(
  'no folder holds more files than one can take in at a glance',
  (sources) =>
    [...Map.groupBy(sources, ({ path }) => dirname(path))]
      .filter(([folder, { length }]) => folder !== GROWS && length > MOST_FILES)
      .map(([folder, { length }]) => `${folder} holds ${length} files`),
  Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`test/tasks/t${i}.test.ts`, ''])),
  Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`public/css/s${i}.css`, ''])),
)
