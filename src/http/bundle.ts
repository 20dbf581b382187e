import { Script } from 'node:vm'
import { transformSync } from 'esbuild'

/** A file that is served as a part of one response. */
export interface Part {
  path: string
  text: string
}

/** Stylesheets as one, in order. */
export const joinStyles = (parts: readonly Part[]): string => parts.map(({ text }) => text).join('\n')

/** Classic scripts as one, in order. As in files of their own, one that fails does not keep the next from running. */
export function joinScripts(parts: readonly Part[]): string {
  return parts.map((part) => `try {\n${parsed(part)}\n} catch (error) { reportError(error) }\n`).join('')
}

/** A stylesheet or a script without what only its reader needs: a fifth less on the wire. `path` tells by its ending what it is. */
export function minified({ path, text }: Part): string {
  return transformSync(text, { loader: path.endsWith('.css') ? 'css' : 'js', minify: true, target: 'esnext' }).code
}

/** A script that does not parse would take all the others with it. */
function parsed({ path, text }: Part): string {
  try {
    new Script(text, { filename: path })
    return text
  } catch (error) {
    return `throw new SyntaxError(${JSON.stringify(`${path}: ${(error as Error).message}`)})`
  }
}
