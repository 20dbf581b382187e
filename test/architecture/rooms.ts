import { dirname } from 'node:path'

/** The part of a slice that speaks HTTP. */
export const speaksHttp = (path: string) => /^src\/(?!http\/|cli\/)[a-z-]+\/(.*\/)?(slice\.ts$|[a-z]+-routes\.ts$|http\/)/.test(path)
/** The part of a slice that is so pure that every room may use it. */
export const isVocabulary = (path: string) => /^src\/[a-z-]+\/words\.ts$/.test(path)
export const isHttp = (path: string) => path.startsWith('src/http/') || speaksHttp(path)
export const isView = (path: string) => path.startsWith('views/')
export const isModel = (path: string) => roomOf(path) === MODELS

const MODELS = 'models'

/** The rooms, lowest first. Those of one line know nothing of each other. */
const ORDER: readonly Record<string, (path: string) => boolean>[] = [
  { vocabulary: isVocabulary, client: under('src/client'), browser: under('public/js'), loader: is('src/typescript.js') },
  { time: under('src/time'), input: under('src/input'), process: under('src/process') },
  { worker: under('src/worker'), config: under('src/config'), 'server log': is('src/server-log.ts') },
  { db: under('src/db') },
  { log: under('src/log') },
  { live: under('src/live') },
  { access: under('src/access'), intake: under('src/intake') },
  { app: is('src/app.ts') },
  // Whatever is in a folder of `src` that has no room of its own.
  { [MODELS]: () => false },
  { views: isView },
  { assets: under('src/http/assets') },
  { http: (path) => dirname(path) === 'src/http' },
  { gate: under('src/http/gate'), palette: under('src/http/palette') },
  { routes: under('src/http/routes') },
  { shell: under('src/http/shell') },
  { 'HTTP of slices': speaksHttp },
  { registry: is('src/slices.ts'), site: is('src/site.ts') },
  { cli: under('src/cli') },
  { main: is('src/main.ts', 'src/launch.js') },
]

export const roomOf = (path: string): string => ORDER.flatMap((line) => Object.keys(line).filter((name) => line[name]?.(path)))[0] ?? MODELS

const heightOf = (room: string) => ORDER.findIndex((line) => room in line)

export const goesUp = (from: string, to: string) => roomOf(from) !== roomOf(to) && heightOf(roomOf(from)) <= heightOf(roomOf(to))

/** Rooms that serve every slice: all under the models, HTTP, and what all pages share. */
export const servesSlices = (path: string) =>
  (path.startsWith('src/') && heightOf(roomOf(path)) < heightOf(MODELS) && !isVocabulary(path)) || path.startsWith('src/http/')

function under(folder: string) {
  return (path: string) => path.startsWith(`${folder}/`)
}

function is(...files: string[]) {
  return (path: string) => files.includes(path)
}

/** A folder as one sees it in a picture of the program: the HTTP of a slice stands apart from its model, and so does its vocabulary. */
export function folderOf(path: string): string {
  const [, noun] = path.split('/')
  if (isVocabulary(path)) return `vocabulary of ${noun}`
  if (speaksHttp(path)) return `HTTP of ${noun}`
  // The views of a noun are one thing, however many folders they fill.
  if (isView(path)) return `views of ${noun?.replace(/\.tsx?$/, '')}`
  return dirname(path) === 'src' ? path : dirname(path)
}
