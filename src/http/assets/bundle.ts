import { dirname, join } from 'node:path'
import { build, transform } from 'esbuild'

/**
 * Each entry of a folder as one minified script, with all that it imports, by the entry's path. Throws esbuild's error,
 * which names the file and the line, for a script that does not parse or an import that is not there.
 */
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
    // The policy of our pages forbids it, and a script in which it stands keeps all its long names.
    define: { eval: 'undefined' },
  })
  return new Map(entries.map((entry, at) => [entry, Buffer.from(outputFiles[at]?.contents ?? '')]))
}

/** A stylesheet without what only its reader needs. */
export async function minifyStyles(text: string): Promise<Buffer> {
  const { code } = await transform(text, { loader: 'css', minify: true, target: 'esnext' })
  return Buffer.from(code)
}
