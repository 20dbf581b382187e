// Lets Node load our TypeScript and JSX; plain JavaScript, imported before any of it, in each process and each thread.
// esbuild transforms a file once; the result is kept for as long as neither the file, tsconfig.json nor esbuild changes.
import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, enableCompileCache, registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const PACKAGE = new URL('../', import.meta.url)
/** Inside the package, where whoever can write can change the code itself; it need not be writable. */
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

/** The file as JavaScript, from the cache if it is there. Throws esbuild's error, which names the line. */
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

/** Whole or not at all, whoever else writes it at the same time; a folder that cannot be written costs time, nothing else. */
function keep(path, text) {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(draft, text)
    renameSync(draft, path)
  } catch {}
}
