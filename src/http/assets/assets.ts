import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScripts, minifyStyles } from './bundle.ts'
import { BEST_QUALITY, type Encoded, encode, encodeLater } from './encoding.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PUBLIC = join(ROOT, 'public')

/** The scripts that a page or a worker loads; each says itself what it needs. */
const SCRIPTS = ['js/telltale.js', 'js/sign-in.js', 'js/live-worker.js']
/** Says the order of the layers, so that the order of the other stylesheets means nothing. */
const LAYERS = 'css/layers.css'

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
 * The files of `public/`, each under a URL that names its content and so may be kept for ever. The stylesheets of `css/` are
 * one for all pages, those of `css/<panel>/` one more for the pages of that panel; the scripts of a page are one.
 */
export class Assets {
  readonly #byPath = new Map<string, Asset>()
  readonly #byUrl = new Map<string, Asset>()
  #scripts: Promise<Map<string, Buffer>> | undefined
  /** Changes with any asset or view. */
  readonly build: string
  /** Those of every page. */
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]

  constructor() {
    const paths = filesIn(PUBLIC).map((file) => relative(PUBLIC, file))
    const read = (path: string) => readFileSync(join(PUBLIC, path))
    for (const path of paths.filter((path) => !/^(css|js)\//.test(path))) this.#keep(path, read(path), encode(read(path), BEST_QUALITY))
    for (const [folder, sheets] of byFolder(paths.filter((path) => path.startsWith('css/')))) {
      this.#addStyles(folder === 'css' ? 'telltale.css' : `${basename(folder)}.css`, sheets.map(read).join('\n'))
    }
    // package.json names the exact version of whatever they import from npm.
    const sources = [join(ROOT, 'package.json'), ...filesIn(join(PUBLIC, 'js'))].map((file) => readFileSync(file))
    for (const path of SCRIPTS)
      this.#keep(
        path,
        Buffer.concat(sources),
        encodeLater(async () => (await this.bundle()).get(path) as Buffer, BEST_QUALITY),
      )
    this.stylesheets = [this.url('telltale.css')]
    this.scripts = [this.url('js/telltale.js')]
    const build = createHash('sha256')
    for (const url of this.#byUrl.keys()) build.update(url)
    for (const file of filesIn(join(ROOT, 'views'))) build.update(readFileSync(file))
    this.build = build.digest('hex').slice(0, 12)
  }

  /** Bundles the scripts, which otherwise waits for the first request. Throws where one of them does not parse. */
  bundle(): Promise<Map<string, Buffer>> {
    this.#scripts ??= bundleScripts(PUBLIC, SCRIPTS)
    return this.#scripts
  }

  /** The URL of a file of `public/`, such as `icons.svg`, or of an entry of its scripts. Throws for one that is not there. */
  url = (path: string): string => {
    const asset = this.#byPath.get(path)
    if (!asset) throw new Error(`there is no asset ${path}`)
    return asset.url
  }

  /** The stylesheets of a panel's pages, in order. */
  stylesheetsOf(panel: string): string[] {
    return [...this.stylesheets, ...(this.#byPath.has(`${panel}.css`) ? [this.url(`${panel}.css`)] : [])]
  }

  /** The asset at a hashed URL, at its plain path, or under the whole build's hash, where a page finds its worker. */
  find(url: string): Asset | undefined {
    const ofBuild = `/assets/${this.build}/`
    return this.#byUrl.get(url) ?? this.#byPath.get(url.startsWith(ofBuild) ? url.slice(ofBuild.length) : url.slice(1))
  }

  #addStyles(path: string, text: string) {
    this.#keep(
      path,
      text,
      encodeLater(() => minifyStyles(text), BEST_QUALITY),
    )
  }

  #keep(path: string, content: Buffer | string, body: Asset['body']) {
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
    const asset = { url: `/assets/${hash}/${path}`, type: TYPES[extname(path)] ?? 'application/octet-stream', body }
    this.#byPath.set(path, asset)
    this.#byUrl.set(asset.url, asset)
  }
}

function byFolder(paths: readonly string[]): Map<string, string[]> {
  return Map.groupBy([LAYERS, ...paths.filter((path) => path !== LAYERS)], dirname)
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
