import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = ['src', 'views', 'public', 'test', 'e2e']

export interface Import {
  /** A path of ours, or the name of a package. */
  to: string
  /** A URL names a program or a thread to start. */
  as: 'value' | 'type' | 'url'
}

/** A file as the rules see it. */
export interface Source {
  path: string
  text: string
  imports: Import[]
  /** Names of what it exports. */
  exports: string[]
  /** String literals, the parts of templates, and the keys of objects. */
  strings: string[]
  functions: { line: number; lines: number }[]
}

export const packagesOf = ({ imports }: Source) => imports.filter(({ to }) => !isOurs(to)).map(({ to }) => to)
export const isOurs = (to: string) => FOLDERS.some((folder) => to.startsWith(`${folder}/`))

export function parse(path: string, text: string): Source {
  const source: Source = { path, text, imports: [], exports: [], strings: [], functions: [] }
  if (!/\.(tsx?|js)$/.test(path)) return source
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const line = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node: ts.Node) => {
    const imported = importOf(node)
    if (imported) source.imports.push({ ...imported, to: pathOf(path, imported.to) })
    source.exports.push(...exportsOf(node))
    if (isString(node)) source.strings.push(node.text)
    if (ts.isFunctionLike(node)) source.functions.push({ line: line(node.getStart()), lines: line(node.end) - line(node.getStart()) + 1 })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return source
}

const isString = (node: ts.Node): node is ts.StringLiteral | ts.TemplateHead | ts.Identifier =>
  (ts.isStringLiteralLike(node) && !isSpecifier(node)) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node) ||
  (ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node)

const isSpecifier = ({ parent }: ts.Node) => ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)

/** Imports and exports from a module, `import('…')` as a value and as a type, and files named by `new URL('…', import.meta.url)`. */
function importOf(node: ts.Node): Import | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return { to: (node.moduleSpecifier as ts.StringLiteral).text, as: isTypeOnly(node) ? 'type' : 'value' }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return { to: (node.argument.literal as ts.StringLiteral).text, as: 'type' }
  const [first, second] = ts.isCallExpression(node) || ts.isNewExpression(node) ? (node.arguments ?? []) : []
  if (!first || !ts.isStringLiteral(first)) return undefined
  if (ts.isCallExpression(node)) return node.expression.kind === ts.SyntaxKind.ImportKeyword ? { to: first.text, as: 'value' } : undefined
  return second?.getText() === 'import.meta.url' && /\.(ts|js)$/.test(first.text) ? { to: `./${first.text}`, as: 'url' } : undefined
}

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration) =>
  ts.isExportDeclaration(node) ? node.isTypeOnly : node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword

const pathOf = (from: string, to: string) => (to.startsWith('.') ? normalize(relative(ROOT, resolve(ROOT, dirname(from), to))) : to)

function exportsOf(node: ts.Node): string[] {
  if (ts.isExportSpecifier(node)) return [node.name.text]
  const isExported = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText())
  const { name } = node as ts.DeclarationStatement
  return name ? [name.text] : []
}

/** Every file of the repository that people write, parsed once. */
export const repository: readonly Source[] = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)))
  .map((path) => parse(path, /\.(tsx?|js|css|sh)$/.test(path) ? readFileSync(join(ROOT, path), 'utf8') : ''))
