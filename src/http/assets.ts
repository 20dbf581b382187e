import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Encoded, encode } from './encoding.ts'

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
const SCRIPTS_APART = ['js/sign-in.js', 'js/live-worker.js']
const STYLES_FIRST = ['css/tokens.css', 'css/base.css', 'css/layout.css']

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
}

export interface Asset {
  url: string
  type: string
  body: Encoded
}

/** The files of `public/` and the vendor's, each under a URL that names its content and so may be kept for ever. */
export class Assets {
  readonly #byPath = new Map<string, Asset>()
  readonly #byUrl = new Map<string, Asset>()
  /** Changes with any asset or view. */
  readonly build: string

  constructor() {
    const build = createHash('sha256')
    const own = filesIn(join(ROOT, 'public')).map((file) => [relative(join(ROOT, 'public'), file), file] as const)
    for (const [path, file] of [...own, ...Object.entries(VENDOR)]) build.update(this.#add(path, file).url)
    for (const file of filesIn(join(ROOT, 'views'))) build.update(readFileSync(file))
    this.build = build.digest('hex').slice(0, 12)
  }

  /** The URL of a file of `public/`, such as `icons.svg`. Throws for one that is not there. */
  url = (path: string): string => this.#asset(path).url

  get stylesheets(): string[] {
    return this.#inOrder('css/', STYLES_FIRST)
  }

  get scripts(): string[] {
    return this.#inOrder('js/', SCRIPTS_FIRST).filter((url) => !SCRIPTS_APART.some((apart) => url.endsWith(apart)))
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

  #add(path: string, file: string): Asset {
    const bytes = readFileSync(file)
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 12)
    const asset = { url: `/assets/${hash}/${path}`, type: TYPES[extname(path)] ?? 'application/octet-stream', body: encode(bytes) }
    this.#byPath.set(path, asset)
    this.#byUrl.set(asset.url, asset)
    return asset
  }

  #inOrder(folder: string, first: readonly string[]): string[] {
    const rest = [...this.#byPath.keys()].filter((path) => path.startsWith(folder) && !first.includes(path)).sort()
    return [...first.filter((path) => this.#byPath.has(path)), ...rest].map(this.url)
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
