// Loads TypeScript and JSX in Node, in every process and thread; import it before anything else. Each file is
// transformed once, and again when it, tsconfig.json or esbuild changes.
import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, enableCompileCache, registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const PACKAGE = new URL('../', import.meta.url)
/** Inside the package, as whoever can write there can change the code anyway; it may be read-only. */
const CACHE = fileURLToPath(new URL('node_modules/.cache/telltale/', PACKAGE))
const OURS = /\.tsx?$/

const tsconfigRaw = readFileSync(new URL('tsconfig.json', PACKAGE), 'utf8')
const setting = `${tsconfigRaw}${require('esbuild/package.json').version}`

enableCompileCache(join(CACHE, 'v8'))
process.setSourceMapsEnabled(true)
registerHooks({
  load(url, context, next) {
    if (!url.startsWith(PACKAGE.href) || !OURS.test(url)) return next(url, context)
    return { format: 'module', source: javascript(fileURLToPath(url)), shortCircuit: true }
  },
})

/** From the cache if possible. Throws esbuild's error, which names the line. */
function javascript(path) {
  const text = readFileSync(path, 'utf8')
  const mark = `\n//# ${hash('sha256', setting + text)}\n`
  const kept = join(CACHE, `${hash('sha256', path)}.js`)
  const found = readIfThere(kept)
  if (found?.endsWith(mark)) return found
  const { code } = require('esbuild').transformSync(text, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    tsconfigRaw,
    sourcefile: path,
    sourcemap: 'inline',
    sourcesContent: false,
  })
  keep(kept, code + mark)
  return code
}

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
