import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Lines } from '../../../client/lines.js'
import { inherited, startedIn } from '../../../config/config.ts'
import type { CommandUpstream } from '../../../config/upstream.ts'
import { probe } from '../../../process/isolate.ts'
import { plant, StartFailure, type Tree } from '../../../process/tree.ts'
import { eachLine } from './ndjson.ts'
import { type Arrival, type Reading, Refusal } from './source.ts'

const GRACE_MS = 2_000
const LAST_WORDS_CHARACTERS = 500

let isolation: ReturnType<typeof probe> | undefined

/** The output of a command, one JSON object per line. All its processes end with the reading or this process. */
export async function* command({ name, argv, folder = startedIn }: CommandUpstream, { signal }: Reading): AsyncGenerator<Arrival[]> {
  isolation ??= probe('off')
  await mustBeThere(argv[0] as string, folder)
  const tree = await plant(await isolation, { argv, folder, environment: inherited, silenceMs: 0 }).catch((error) => {
    throw error instanceof StartFailure ? new Refusal(error.message) : error
  })
  const { stdout, stderr } = tree
  const said = lastLine(stderr)
  const leave = () => stdout.destroy() // a process that left the group may hold it open for ever
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) return
    tree.beat()
    yield []
    yield* eachLine(stdout, name)
    await Promise.race([tree.ended, pause(GRACE_MS)])
  } finally {
    signal.removeEventListener('abort', leave)
    await end(tree)
  }
  throw new Error(`it ended with exit code ${(await tree.ended).exitCode}${said() && `: ${said()}`}`)
}

async function end(tree: Tree) {
  tree.terminate()
  const late = setTimeout(tree.kill, GRACE_MS)
  await tree.ended
  clearTimeout(late)
  for (const stream of [tree.stdout, tree.stderr]) stream.destroy()
}

/** Throws Refusal if the program does not exist; the shell would report that only later. */
async function mustBeThere(file: string, folder: string) {
  const places = file.includes('/') ? [resolve(folder, file)] : (inherited.PATH ?? '').split(':').map((place) => resolve(folder, place, file))
  const found = await Promise.allSettled(places.map((place) => access(place, constants.X_OK)))
  if (found.some(({ status }) => status === 'fulfilled')) return
  const [first] = found.map((each) => (each.status === 'rejected' ? each.reason.code : ''))
  throw new Refusal(`it cannot be started: ${first}`)
}

function lastLine(stream: Readable): () => string {
  const lines = new Lines(LAST_WORDS_CHARACTERS)
  let last = ''
  stream.on('data', (bytes) => {
    last = lines.feed(bytes).findLast((line) => line?.trim()) ?? last
  })
  return () => last
}
