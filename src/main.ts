import { readFileSync } from 'node:fs'
import { commandLine } from './config/command.ts'
import { environment } from './config/config.ts'

const VERBS: Record<string, () => Promise<Verb>> = {
  serve: async () => named(await import('./cli/serve.ts'), 'serve'),
  dev: async () => named(await import('./cli/dev.ts'), 'dev'),
  open: async () => named(await import('./cli/open.ts'), 'open'),
  run: async () => named(await import('./cli/run/run.ts'), 'run'),
  worker: async () => named(await import('./cli/worker.ts'), 'worker'),
  emit: async () => named(await import('./cli/emit.ts'), 'emit'),
  doctor: async () => named(await import('./cli/doctor.ts'), 'doctor'),
  secret: async () => named(await import('./cli/secret.ts'), 'secret'),
  token: async () => named(await import('./cli/token.ts'), 'token'),
}

interface Verb {
  help: string
  run(args: string[]): Promise<number>
}

const HELP = `telltale: a live dashboard for the tasks, workers and agents on your own machines

  telltale [serve]      start the server, with one local worker
  telltale open         print a new sign-in link
  telltale run -- CMD   queue a command, stream its output, exit with its code
  telltale worker       start a worker, on this or another machine
  telltale emit         publish an event from another program
  telltale token        create, list and revoke tokens
  telltale secret       set, list and remove the secrets of tasks
  telltale doctor       print what works here, and a server's problems, database and slowest statements

  telltale VERB --help  show the options of a verb

In any folder: ${commandLine(environment.data, 'VERB')}
`

const FAILURE = 1
const USAGE = 2
/** 128 + SIGPIPE: the exit code of a command whose output nobody reads. */
const NO_READER = 141
/** These verbs continue without a reader of their output; `run` only stops following its task. */
const OUTLIVE_READER = ['serve', 'dev', 'worker', 'run']
let outlivesReader = false

/** Parses the command line and runs a verb: the only file that ends the process. */
export async function main(argv: string[]): Promise<void> {
  const [first = 'serve', ...rest] = argv
  watchOutput()
  if (first === '--help' || first === 'help') return leave(0, HELP)
  if (first === '--version') return leave(0, `${JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version}\n`)
  const [name, args] = first.startsWith('-') ? ['serve', argv] : [first, rest]
  const load = VERBS[name]
  if (!load) {
    console.error(`telltale: unknown verb ${JSON.stringify(name)}; see telltale --help`)
    process.exit(USAGE)
  }
  const verb = await load()
  const end = args.indexOf('--')
  if ((end === -1 ? args : args.slice(0, end)).includes('--help')) return leave(0, verb.help)
  outlivesReader = OUTLIVE_READER.includes(name)
  process.exit(await verb.run(args))
}

/** Without a listener, a closed pipe or a full disk would end the process. */
function watchOutput() {
  process.stderr.on('error', () => {})
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (outlivesReader) return
    if (code !== 'EPIPE') console.error(`telltale: the output could not be written: ${message}`)
    process.exit(code === 'EPIPE' ? NO_READER : FAILURE)
  })
}

function named<Name extends string>(module: { help: string } & Record<Name, (args: string[]) => Promise<number>>, name: Name): Verb {
  return { help: module.help, run: module[name] }
}

function leave(code: number, text: string) {
  process.exitCode = code
  process.stdout.write(text)
}
