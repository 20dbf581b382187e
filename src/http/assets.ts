import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { joinScripts, joinStyles, minified, type Part } from './bundle.ts'
import { BEST_QUALITY, type Encoded, encode, encodeLater } from './encoding.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const npm = createRequire(import.meta.url)

/** From npm, served as they are; nothing is copied into this repository and nothing comes from a CDN. */
const VENDOR: Record<string, string> = {
  'vendor/htmx.js': npm.resolve('htmx.org/dist/htmx.min.js'),
  'vendor/sse.js': npm.resolve('htmx-ext-sse/dist/sse.min.js'),
  'vendor/idiomorph.js': npm.resolve('idiomorph/dist/idiomorph-ext.min.js'),
}

/** Load order matters: the page's own source must stand before the extension connects. */
const SCRIPTS_FIRST = [
  'js/trusted-types.js',
  'vendor/htmx.js',
  'vendor/sse.js',
  'vendor/idiomorph.js',
  'js/live-pause.js',
  'js/live-source.js',
  'js/live.js',
  'js/dom-guards.js',
]
const WORKER = 'js/live-worker.js'
const WORKER_FIRST = ['js/live-frames.js', 'js/live-connection.js']
const SCRIPTS_APART = ['js/sign-in.js', WORKER]
const STYLES_FIRST = ['css/tokens.css', 'css/base.css', 'css/layout.css']

/** What only the pages of one panel need is not loaded with the first page that somebody opens. */
const STYLES_OF: Record<string, readonly string[]> = {
  events: ['css/events.css'],
  hub: ['css/hub.css', 'css/upstreams.css'],
  settings: ['css/settings.css', 'css/design.css'],
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
}

export interface Asset {
  url: string
  type: string
  body: Pick<Encoded, 'as'>
}

/**
 * The files of `public/` and the vendor's, each under a URL that names its content and so may be kept for ever. A page
 * loads its stylesheets as one and its scripts as one: forty small files would be forty requests.
 */
export class Assets {
  readonly #byPath = new Map<string, Asset>()
  readonly #byUrl = new Map<string, Asset>()
  readonly #texts = new Map<string, Buffer>()
  /** Changes with any asset or view. */
  readonly build: string
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]

  constructor() {
    const build = createHash('sha256')
    const own = filesIn(join(ROOT, 'public')).map((file) => [relative(join(ROOT, 'public'), file), file] as const)
    for (const [path, file] of [...own, ...Object.entries(VENDOR)]) build.update(this.#add(path, readFileSync(file)).url)
    const stylesApart = Object.values(STYLES_OF).flat()
    this.stylesheets = [this.#addMinified({ path: 'telltale.css', text: joinStyles(this.#inOrder('css/', STYLES_FIRST, stylesApart)) }).url]
    for (const [panel, paths] of Object.entries(STYLES_OF)) this.#addMinified({ path: `${panel}.css`, text: joinStyles(paths.map(this.#part)) })
    this.scripts = [this.#addMinified({ path: 'telltale.js', text: joinScripts(this.#inOrder('js/', SCRIPTS_FIRST, SCRIPTS_APART)) }).url]
    this.#addMinified({ path: WORKER, text: joinScripts([...WORKER_FIRST, WORKER].map(this.#part)) })
    for (const file of filesIn(join(ROOT, 'views'))) build.update(readFileSync(file))
    this.build = build.digest('hex').slice(0, 12)
  }

  /** The URL of a file of `public/`, such as `icons.svg`. Throws for one that is not there. */
  url = (path: string): string => this.#asset(path).url

  /** The stylesheets of a panel's pages, in order. */
  stylesheetsOf(panel: string): string[] {
    return [...this.stylesheets, ...(panel in STYLES_OF ? [this.url(`${panel}.css`)] : [])]
  }

  /** The asset at a hashed URL, at its plain path, or under the whole build's hash, where a module finds its neighbours. */
  find(url: string): Asset | undefined {
    const module = url.startsWith(`/assets/${this.build}/`) ? url.slice(`/assets/${this.build}/`.length) : url.slice(1)
    return this.#byUrl.get(url) ?? this.#byPath.get(module)
  }

  #asset(path: string): Asset {
    const asset = this.#byPath.get(path)
    if (!asset) throw new Error(`there is no asset ${path}`)
    return asset
  }

  #add(path: string, bytes: Buffer): Asset {
    this.#texts.set(path, bytes)
    return path.startsWith('js/') ? this.#addMinified({ path, text: bytes.toString('utf8') }) : this.#keep(path, bytes, encode(bytes, BEST_QUALITY))
  }

  /** Made smaller when it is first asked for, under a URL that names what it was made of. */
  #addMinified(part: Part): Asset {
    const body = encodeLater(() => Buffer.from(minified(part)), BEST_QUALITY)
    return this.#keep(part.path, part.text, body)
  }

  #keep(path: string, content: Buffer | string, body: Asset['body']): Asset {
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
    const asset = { url: `/assets/${hash}/${path}`, type: TYPES[extname(path)] ?? 'application/octet-stream', body }
    this.#byPath.set(path, asset)
    this.#byUrl.set(asset.url, asset)
    return asset
  }

  #inOrder(folder: string, first: readonly string[], apart: readonly string[] = []): Part[] {
    const rest = [...this.#byPath.keys()].filter((path) => path.startsWith(folder) && !first.includes(path) && !apart.includes(path)).sort()
    return [...first, ...rest].map(this.#part)
  }

  #part = (path: string): Part => ({ path, text: String(this.#texts.get(path)) })
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
