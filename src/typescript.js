// Loads TypeScript and JSX in Node, in every process and thread; import it before anything else. Each file is
// transformed once, and again when it, tsconfig.json or esbuild changes; two packages become one file each.
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, enableCompileCache, findPackageJSON, registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const PACKAGE = new URL('../', import.meta.url)
/** Inside the package, as whoever can write there can change the code anyway; it may be read-only. */
const CACHE = fileURLToPath(new URL('node_modules/.cache/telltale/', PACKAGE))
const OURS = /^(?!.*\/node_modules\/).*\.tsx?$/
/** Hundreds of files each: as one, they load in a fraction of the time. */
const BUNDLED = new Set(['kysely', 'zod'])

const tsconfigRaw = readFileSync(new URL('tsconfig.json', PACKAGE), 'utf8')
const setting = `${tsconfigRaw}${require('esbuild/package.json').version}`

enableCompileCache(join(CACHE, 'v8'))
process.setSourceMapsEnabled(true)
registerHooks({
  resolve(specifier, context, next) {
    // Node would look for a package.json above each file.
    if (isOurs(context.parentURL) && /^\..*\.tsx?$/.test(specifier)) return asModule(new URL(specifier, context.parentURL).href)
    const found = next(specifier, context)
    const one = BUNDLED.has(specifier) && isOurs(context.parentURL) && bundled(specifier, found.url)
    return one ? asModule(one) : found
  },
  load(url, context, next) {
    return isOurs(url) ? { format: 'module', source: javascript(fileURLToPath(url)), shortCircuit: true } : next(url, context)
  },
})

const isOurs = (url) => url?.startsWith(PACKAGE.href) && OURS.test(url.slice(PACKAGE.href.length - 1))
const asModule = (url) => ({ url, format: 'module', shortCircuit: true })

/** From the cache if possible. Throws esbuild's error, which names the line. */
function javascript(path) {
  const text = readFileSync(path, 'utf8')
  const mark = `\n//# ${hash('sha256', setting + text)}\n`
  const kept = cacheFile(path)
  const found = readIfThere(kept)
  if (found?.endsWith(mark)) return found
  const options = { loader: path.endsWith('x') ? 'tsx' : 'ts', tsconfigRaw, sourcefile: path, sourcemap: 'inline', sourcesContent: false }
  const { code } = require('esbuild').transformSync(text, options)
  keep(kept, code + mark)
  return code
}

/** The URL of a package's one file, made for each installed version; undefined if it cannot be kept. */
function bundled(name, url) {
  const path = fileURLToPath(url)
  const kept = cacheFile(setting + path + readFileSync(findPackageJSON(name, url), 'utf8'))
  if (!existsSync(kept)) {
    const options = { entryPoints: [path], bundle: true, format: 'esm', platform: 'node', write: false }
    keep(kept, require('esbuild').buildSync(options).outputFiles[0].text)
  }
  return existsSync(kept) ? pathToFileURL(kept).href : undefined
}

const cacheFile = (key) => join(CACHE, `${hash('sha256', key)}.js`)

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Writes the whole file or nothing. If the folder is read-only, nothing is cached. */
function keep(path, text) {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(draft, text)
    renameSync(draft, path)
  } catch {}
}
