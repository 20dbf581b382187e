import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const INFRASTRUCTURE = ['access', 'client', 'config', 'db', 'http', 'input', 'intake', 'live', 'log', 'process', 'time', 'worker']
const NO_SLICE = [...INFRASTRUCTURE, 'cli']

/** Lines, by the table in the design: a file that outgrows its ceiling wants a second noun. */
const CEILINGS: readonly [RegExp, number][] = [
  [/^src\//, 250],
  [/^views\//, 200],
  [/^public\/css\//, 250],
  [/^public\/js\//, 150],
  [/^(test|e2e)\//, 350],
]
const FUNCTION_CEILING = 45

interface Source {
  path: string
  text: string
  /** Paths of our own files that it imports for more than their types. */
  imports: string[]
  packages: string[]
}

const files = ['src', 'views', 'public', 'test', 'e2e'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|tsx|js|css)$/.test(path)),
)
const sources = files.filter((path) => /^(src|views)\/.*\.tsx?$/.test(path)).map(read)
const slice = (path: string) => /^src\/([a-z]+)\//.exec(path)?.[1]
const isSlice = (path: string) => slice(path) !== undefined && !NO_SLICE.includes(slice(path) as string)
const isVocabulary = (path: string) => path.endsWith('/words.ts')
const speaksHttp = (path: string) => /\/(slice|[a-z]+-routes)\.ts$/.test(path)

test('there are files to check', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(100)
})

describe('imports go one way', () => {
  test('db, live, http and process know no slice', () => {
    expect(offenders((from, to) => INFRASTRUCTURE.includes(slice(from) ?? '') && isSlice(to))).toEqual([])
  })

  test('a model knows no panel, no http and no view', () => {
    expect(
      offenders(
        (from, to) =>
          isSlice(from) && !speaksHttp(from) && !from.includes('/process/') && (speaksHttp(to) || to.startsWith('src/http/') || to.startsWith('views/')),
      ),
    ).toEqual([])
  })

  test('a panel is known to the registry only', () => {
    expect(offenders((from, to) => to.endsWith('/slice.ts') && isSlice(to) && from !== 'src/slices.ts')).toEqual([])
    expect(offenders((from, to) => to === 'src/slices.ts' && !from.startsWith('src/cli/') && from !== 'src/site.ts')).toEqual([])
  })

  test('only HTTP code imports Hono', () => {
    const allowed = ({ path }: Source) => speaksHttp(path) || path.startsWith('src/http/') || ['src/site.ts', 'src/cli/door.ts'].includes(path)
    expect(sources.filter((source) => source.packages.some((name) => /^(@hono|hono)/.test(name)) && !allowed(source)).map(({ path }) => path)).toEqual([])
  })

  test('a view imports types and words.ts from src, and nothing else', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('views/'))
      .flatMap(({ path, imports }) => imports.filter((to) => to.startsWith('src/') && !isVocabulary(to)).map((to) => `${path} → ${to}`))
    expect(wrong).toEqual([])
    expect(offenders((from) => isVocabulary(from))).toEqual([])
  })

  test('there are no import cycles', () => {
    expect(cycles()).toEqual([])
  })
})

describe('one place each', () => {
  const sourcesWith = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

  test('only mutate opens a write transaction or rings the hub', () => {
    expect(sourcesWith(/\.writer\b/)).toEqual(['src/log/mutate.ts'])
    expect(sourcesWith(/hub\.wake\(/)).toEqual(['src/log/mutate.ts'])
  })

  test('only config reads the environment', () => {
    expect(sourcesWith(/process\.env/)).toEqual(['src/config/config.ts'])
  })

  test('only main ends the process', () => {
    expect(sourcesWith(/process\.exit\(/)).toEqual(['src/main.ts'])
  })

  test('no query counts rows: numbers come from the counters', () => {
    // A migration may count once what it keeps from then on.
    const counting = sourcesWith(/countAll|fn\.count\b|count\(\s*(\*|distinct)/i)
    expect(counting.filter((path) => !path.startsWith('src/db/migrations/'))).toEqual([])
  })

  test('SQL that only SQLite knows stays in db', () => {
    const outside = sourcesWith(/\b(pragma|sqlite_|rowid|json_each|strftime|unixepoch|begin immediate)\b/i).filter(
      (path) => !path.startsWith('src/db/') && path !== 'src/cli/serve.ts' && path !== 'src/http/errors.ts',
    )
    expect(outside).toEqual([])
  })

  test('no trigger inside a partial listens to the stream, and no view scripts', () => {
    const views = sources.filter(({ path }) => path.startsWith('views/'))
    expect(
      views
        .filter(({ text }) => /sse:/.test(text))
        .map(({ path }) => path)
        .filter((path) => !/(frame|layout|nav)\.tsx$/.test(path)),
    ).toEqual([])
    expect(views.filter(({ text }) => /hx-on|js:|hx-trigger="[^"]*\[|style=|javascript:|<script>/.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('sizes', () => {
  test('no file has outgrown its ceiling', () => {
    const ceiling = (path: string) => CEILINGS.find(([room]) => room.test(path))?.[1] ?? Number.POSITIVE_INFINITY
    const tall = files
      .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > ceiling(path))
    expect(tall).toEqual([])
  })

  test('no function has outgrown its ceiling', () => {
    expect(sources.filter(({ path }) => path.endsWith('.ts')).flatMap(longFunctions)).toEqual([])
  })
})

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const source: Source = { path, text, imports: [], packages: [] }
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements) {
    if (!(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) || !statement.moduleSpecifier) continue
    const name = (statement.moduleSpecifier as ts.StringLiteral).text
    const typeOnly = ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    if (!name.startsWith('.')) source.packages.push(name)
    else if (!typeOnly) source.imports.push(relative(ROOT, resolve(ROOT, dirname(path), name)))
  }
  return source
}

function offenders(isWrong: (from: string, to: string) => boolean): string[] {
  return sources.flatMap(({ path, imports }) => imports.filter((to) => isWrong(path, to)).map((to) => `${path} → ${to}`))
}

function cycles(): string[] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    else if (!done.has(path)) {
      for (const to of graph.get(path) ?? []) visit(to, [...trail, path])
      done.add(path)
    }
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

function longFunctions({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const line = (position: number) => file.getLineAndCharacterOfPosition(position).line
  const long: string[] = []
  const visit = (node: ts.Node) => {
    const lines = line(node.end) - line(node.getStart()) + 1
    if (ts.isFunctionLike(node) && lines > FUNCTION_CEILING) long.push(`${path}:${line(node.getStart()) + 1} has ${lines} lines`)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return long
}
