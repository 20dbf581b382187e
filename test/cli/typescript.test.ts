import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
let folder = ''

/** A separate package, so that this one's cache is not used. */
beforeEach(() => {
  folder = temporaryFolder()
  for (const name of ['src', 'node_modules']) mkdirSync(join(folder, name))
  for (const name of ['src/typescript.js', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, name), join(folder, name))
  for (const name of ['esbuild', '@kitajs']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
})

function run(file: string, text?: string) {
  if (text !== undefined) writeFileSync(join(folder, file), text)
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', './src/typescript.js', join(folder, file)], { cwd: folder, encoding: 'utf8' })
  return { stdout: stdout.trim(), stderr }
}

const cached = () => readdirSync(join(folder, 'node_modules/.cache/telltale')).filter((name) => name.endsWith('.js'))

test('TypeScript and JSX run, and an edited file runs as it is now', () => {
  expect(run('a.tsx', 'const name: string = "one"; console.log(String(<b safe>{name}</b>))').stdout).toBe('<b>one</b>')
  expect(run('a.tsx').stdout).toBe('<b>one</b>')
  expect(run('a.tsx', 'const name: string = "two"; console.log(String(<b safe>{name}</b>))').stdout).toBe('<b>two</b>')
  expect(cached()).toHaveLength(1)
})

test('a truncated cache file is not used', () => {
  run('a.ts', 'console.log(1 as number)')
  const [kept] = cached()
  writeFileSync(join(folder, 'node_modules/.cache/telltale', kept as string), 'console.log(')
  expect(run('a.ts').stdout).toBe('1')
})

const KYSELY = 'node_modules/kysely'

function install(version: string) {
  mkdirSync(join(folder, KYSELY), { recursive: true })
  writeFileSync(join(folder, KYSELY, 'package.json'), JSON.stringify({ name: 'kysely', version, type: 'module', exports: './index.js' }))
  writeFileSync(join(folder, KYSELY, 'index.js'), "export * from './more.js'")
  writeFileSync(join(folder, KYSELY, 'more.js'), `export const version = '${version}'`)
}

test('a package of many files is loaded as one, which is rebuilt when another version is installed', () => {
  install('1.0.0')
  writeFileSync(join(folder, 'other.ts'), "export { version } from 'kysely'")
  expect(run('a.ts', "import { version } from './other.ts'\nconsole.log(version)").stdout).toBe('1.0.0')
  rmSync(join(folder, KYSELY, 'more.js'))
  expect(run('a.ts').stdout).toBe('1.0.0')
  install('1.0.1')
  expect(run('a.ts').stdout).toBe('1.0.1')
})

test('a read-only cache folder does no harm', () => {
  install('1.0.0')
  rmSync(join(folder, 'node_modules/.cache'), { recursive: true, force: true })
  writeFileSync(join(folder, 'node_modules/.cache'), 'a file, so that not even root can make the folder')
  expect(run('a.ts', "import { version } from 'kysely'; enum No {}; console.log(version as string)").stdout).toBe('1.0.0')
})

test('an error names the line of the TypeScript file; a mistake in it names its place', () => {
  const file = 'a.ts'
  expect(run(file, 'interface Gone {\n  a: string\n}\nexport const b = { a: "" } satisfies Gone\nthrow new Error("here")').stderr).toContain(
    `${join(folder, file)}:5:`,
  )
  expect(run(file, 'const a: = 1').stderr).toMatch(/a\.ts:1:9/)
})
