import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScripts, minifyStyles } from './bundle.ts'
import { BEST_QUALITY, type Encoded, encode, encodeLater } from './encoding.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PUBLIC = join(ROOT, 'public')

/** Each is bundled with what it imports. */
const ENTRY = /^js\/[^/]+\.js$/
/** Declares the order of the layers, so the order of the other stylesheets does not matter. */
const LAYERS = 'css/layers.css'
/** The stylesheets of every page. Each other folder of `css/` is a bundle. */
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
 * The files of `public/`, each under a URL that names its content and so may be kept for ever. Every page loads one stylesheet
 * and one script; a bundle, `css/<name>/` and `js/<name>.js`, is loaded by the pages that name it.
 */
export class Assets {
  readonly #byPath = new Map<string, Asset>()
  readonly #byUrl = new Map<string, Asset>()
  #scripts: Promise<Map<string, Buffer>> | undefined
  readonly build: string
  readonly #entries: readonly string[]

  /** `more` are stylesheets from elsewhere, by the slice whose pages have them. */
  constructor(more: Readonly<Record<string, URL>> = {}) {
    const paths = filesIn(PUBLIC).map((file) => relative(PUBLIC, file))
    const read = (path: string) => readFileSync(join(PUBLIC, path))
    this.#entries = paths.filter((path) => ENTRY.test(path))
    for (const path of paths.filter((path) => !/^(css|js)\//.test(path))) this.#keep(path, read(path), encode(read(path), BEST_QUALITY))
    for (const [folder, sheets] of byFolder(paths.filter((path) => path.startsWith('css/')))) {
      this.#addStyles(folder === 'css' ? 'telltale.css' : `${basename(folder)}.css`, sheets.map(read).join('\n'))
    }
    for (const [slice, sheet] of Object.entries(more)) this.#addStyles(`${slice}.css`, readFileSync(sheet, 'utf8'))
    // package.json names the exact version of whatever they import from npm.
    const sources = [join(ROOT, 'package.json'), ...filesIn(join(PUBLIC, 'js'))].map((file) => readFileSync(file))
    for (const path of this.#entries)
      this.#keep(
        path,
        Buffer.concat(sources),
        encodeLater(async () => (await this.bundle()).get(path) as Buffer, BEST_QUALITY),
      )
    const build = createHash('sha256')
    for (const url of this.#byUrl.keys()) build.update(url)
    for (const file of filesIn(join(ROOT, 'views'))) build.update(readFileSync(file))
    this.build = build.digest('hex').slice(0, 12)
  }

  /** Bundles ahead of the first request. Throws if a script does not parse. */
  bundle(): Promise<Map<string, Buffer>> {
    this.#scripts ??= bundleScripts(PUBLIC, this.#entries)
    return this.#scripts
  }

  /** The URL of a file in `public/` or of a script. Throws if it does not exist. */
  url = (path: string): string => {
    const asset = this.#byPath.get(path)
    if (!asset) throw new Error(`there is no asset ${path}`)
    return asset.url
  }

  /** What a page with these bundles loads, in order. A bundle may lack a stylesheet or a script. */
  of(bundles: readonly string[] = []): { stylesheets: string[]; scripts: string[] } {
    const urls = (paths: readonly string[]) => paths.filter((path) => this.#byPath.has(path)).map(this.url)
    const names = ['telltale', ...bundles]
    return { stylesheets: urls(names.map((name) => `${name}.css`)), scripts: urls(names.map((name) => `js/${name}.js`)) }
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
