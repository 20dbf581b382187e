import { dirname, join } from 'node:path'
import { build, transform } from 'esbuild'

/** Bundles and minifies each entry, keyed by its path. Throws esbuild's error, with file and line, for a broken script or import. */
export async function bundleScripts(folder: string, entries: readonly string[]): Promise<Map<string, Buffer>> {
  const { outputFiles } = await build({
    absWorkingDir: dirname(folder),
    entryPoints: entries.map((entry) => join(folder, entry)),
    outdir: '.',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'esnext',
    tsconfigRaw: {},
    legalComments: 'none',
    logLevel: 'silent',
    logOverride: { 'import-is-undefined': 'error' },
    // Our CSP forbids eval, and a script that mentions it cannot be minified.
    define: { eval: 'undefined' },
  })
  return new Map(entries.map((entry, at) => [entry, Buffer.from(outputFiles[at]?.contents ?? '')]))
}

export async function minifyStyles(text: string): Promise<Buffer> {
  const { code } = await transform(text, { loader: 'css', minify: true, target: 'esnext' })
  return Buffer.from(code)
}
