import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScripts, minifyStyles } from './bundle.ts'
import { BEST_QUALITY, type Encoded, encode, encodeLater } from './encoding.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PUBLIC = join(ROOT, 'public')

const SCRIPTS = ['js/telltale.js', 'js/sign-in.js', 'js/live-worker.js']
/** Declares the order of the layers, so the order of the other stylesheets does not matter. */
const LAYERS = 'css/layers.css'
/** The stylesheets of every page. Each other folder of `css/` is named after the panel whose pages load it. */
const EVERYWHERE = ['css', 'css/shell', 'css/ui', 'css/ui/chart']

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
 * one for all pages, those of `css/<slice>/` one more for the pages of that slice; the scripts of a page are one.
 */
export class Assets {
  readonly #byPath = new Map<string, Asset>()
  readonly #byUrl = new Map<string, Asset>()
  #scripts: Promise<Map<string, Buffer>> | undefined
  readonly build: string
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]

  /** `more` are stylesheets from elsewhere, by the slice whose pages have them. */
  constructor(more: Readonly<Record<string, URL>> = {}) {
    const paths = filesIn(PUBLIC).map((file) => relative(PUBLIC, file))
    const read = (path: string) => readFileSync(join(PUBLIC, path))
    for (const path of paths.filter((path) => !/^(css|js)\//.test(path))) this.#keep(path, read(path), encode(read(path), BEST_QUALITY))
    for (const [folder, sheets] of byFolder(paths.filter((path) => path.startsWith('css/')))) {
      this.#addStyles(folder === 'css' ? 'telltale.css' : `${basename(folder)}.css`, sheets.map(read).join('\n'))
    }
    for (const [slice, sheet] of Object.entries(more)) this.#addStyles(`${slice}.css`, readFileSync(sheet, 'utf8'))
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

  /** Bundles ahead of the first request. Throws if a script does not parse. */
  bundle(): Promise<Map<string, Buffer>> {
    this.#scripts ??= bundleScripts(PUBLIC, SCRIPTS)
    return this.#scripts
  }

  /** The URL of a file in `public/` or of a script. Throws if it does not exist. */
  url = (path: string): string => {
    const asset = this.#byPath.get(path)
    if (!asset) throw new Error(`there is no asset ${path}`)
    return asset.url
  }

  /** The stylesheets of a slice's pages, in order. */
  stylesheetsOf(slice: string | undefined): string[] {
    return [...this.stylesheets, ...(slice && this.#byPath.has(`${slice}.css`) ? [this.url(`${slice}.css`)] : [])]
  }

  /** Finds an asset by its hashed URL, by its plain path, or by the build's hash, under which a page finds its worker. */
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
  const byName = paths.filter((path) => path !== LAYERS).sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
  return Map.groupBy([LAYERS, ...byName], (path) => (EVERYWHERE.includes(dirname(path)) ? 'css' : dirname(path)))
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
