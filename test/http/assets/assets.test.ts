import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'
import { Assets } from '../../../src/http/assets/assets.ts'
import { bundleScripts } from '../../../src/http/assets/bundle.ts'
import { testApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/server.ts'

const PUBLIC = new URL('../../../public', import.meta.url).pathname
const files = (ending: string) =>
  readdirSync(PUBLIC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
const body = async (assets: Assets, url: string) => (await assets.find(url)?.body.as(undefined))?.bytes.toString('utf8') ?? ''

const BUNDLES = ['home', 'events', 'hub', 'settings', 'queues', 'workers', 'detail', 'task']

test('a page loads one stylesheet and one script, and more by the bundles that it names; nothing is missing from them', async () => {
  const assets = new Assets()
  const of = (bundles: string[]) => Object.values(assets.of(bundles)).map((urls) => urls.length)
  expect([of([]), of(['tasks']), of(['tasks', 'detail', 'task'])]).toEqual([
    [1, 1],
    [1, 1],
    [3, 2],
  ])
  const { stylesheets, scripts } = assets.of(BUNDLES)
  expect(stylesheets).toHaveLength(1 + BUNDLES.length)
  const css = (await Promise.all(stylesheets.map((url) => body(assets, url)))).join('')
  for (const file of files('.css')) {
    const classes = [...readFileSync(join(PUBLIC, file), 'utf8').matchAll(/^ {2}\.([a-z][\w-]*)/gm)].map(([, name]) => name)
    for (const name of classes) expect(css, file).toContain(`.${name}`)
  }
  const [js = '', ...more] = await Promise.all(scripts.map((url) => body(assets, url)))
  for (const file of files('.js').filter((name) => !/sign-in|live-worker/.test(name))) {
    const elements = [...readFileSync(join(PUBLIC, file), 'utf8').matchAll(/customElements\.define\('([\w-]+)'/g)].map(([, name]) => name)
    for (const name of elements) expect(js + more, file).toContain(`"${name}"`)
  }
  expect(js.indexOf('trustedTypes')).toBeLessThan(js.indexOf('htmx'))
  for (const script of more) expect(script).not.toContain('htmx.org')
})

test('only the page of a task loads what only that needs', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { title: 'one', command: 'true' })
  const loads = async (path: string) =>
    [...(await (await app.ask(path)).text()).matchAll(/\/assets\/[^/]+\/((?:js\/)?[a-z]+\.(?:js|css))"/g)].map(([, name]) => name)
  expect(await loads('/tasks')).toEqual(['telltale.css', 'js/telltale.js'])
  expect(await loads('/tasks/t_1')).toEqual(['telltale.css', 'detail.css', 'task.css', 'js/telltale.js', 'js/task.js'])
})

test('every stylesheet parses to its end', () => {
  for (const file of files('.css')) {
    const { warnings } = transformSync(readFileSync(join(PUBLIC, file), 'utf8'), { loader: 'css' })
    expect(warnings.map(({ text, location }) => `${file}:${location?.line} ${text}`)).toEqual([])
  }
})

test('the order of the layers is declared before any of them is used', async () => {
  const assets = new Assets()
  expect(await body(assets, assets.of().stylesheets[0] as string)).toMatch(/^@layer reset, ?tokens, ?base, ?layout, ?components, ?pages, ?media;/)
})

test.each([
  ['that does not parse', 'const a = ;', /\/b\.js:1:10: ERROR: Unexpected ";"$/m],
  ['that imports what is not there', "import { d } from './c.js'; d()", /\/b\.js:1:9: ERROR: No matching export in ".*c\.js" for import "d"$/m],
])('a script %s is named, with the line', async (_, text, words) => {
  const folder = temporaryFolder()
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
  write('a.js', "import './b.js'")
  write('c.js', 'export const c = 1')
  write('b.js', text)
  await expect(bundleScripts(folder, ['a.js'])).rejects.toThrow(words)
  // The control: it can be bundled once that is fixed.
  write('b.js', 'globalThis.fixed = true')
  expect(String((await bundleScripts(folder, ['a.js'])).get('a.js'))).toContain('fixed')
})

test('every script is loaded by a page or a worker, or imported by another script', () => {
  const imported = files('.js').flatMap((file) =>
    [...readFileSync(join(PUBLIC, file), 'utf8').matchAll(/import[^']*'(\.[^']+)'/g)].map(([, path = '']) => join(dirname(file), path)),
  )
  expect(files('.js').filter((file) => !imported.includes(file))).toEqual([
    'js/events.js',
    'js/live-worker.js',
    'js/sign-in.js',
    'js/task.js',
    'js/telltale.js',
  ])
})

test('a hashed URL is cached for ever and compressed as requested; a wrong hash is not found', async () => {
  const app = await testApp()
  const html = await (await app.ask('/tasks')).text()
  const [, url = ''] = /src="([^"]+telltale\.js)"/.exec(html) ?? []
  const plain = await app.ask(url)
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  const length = async (encoding: string) => {
    const answer = await app.ask(url, { headers: { 'accept-encoding': encoding } })
    return [answer.headers.get('content-encoding'), (await answer.arrayBuffer()).byteLength] as const
  }
  const [br, gzip] = [await length('gzip, deflate, br'), await length('gzip')]
  expect([br[0], gzip[0]]).toEqual(['br', 'gzip'])
  expect(br[1]).toBeLessThan(gzip[1])
  expect((await app.ask(url.replace(/assets\/[^/]+/, 'assets/older'))).status).toBe(404)
})

test('the shared worker is one file, at a URL of the build', async () => {
  const app = await testApp()
  const worker = await (await app.ask(`/assets/${app.assets.build}/js/live-worker.js`)).text()
  expect(worker).toContain('onconnect')
  expect(worker).toContain('text/event-stream')
  expect(worker).not.toMatch(/^\s*import/m)
})

test('a page is compressed and has all document headers; an icon has those of a file', async () => {
  const app = await testApp()
  const page = await app.ask('/home', { headers: { 'accept-encoding': 'br' } })
  expect(page.headers.get('content-encoding')).toBe('br')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  const icon = await app.ask('/icons.svg')
  expect(icon.headers.get('content-security-policy')).toBeNull()
  expect(icon.headers.get('x-content-type-options')).toBe('nosniff')
})

test('the app can be installed: the icons of the manifest exist, without a session', async () => {
  const app = await testApp()
  const manifest = await app.ask('/manifest.webmanifest')
  expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
  const { icons, start_url } = (await manifest.json()) as { icons: { src: string }[]; start_url: string }
  for (const { src } of icons) expect((await app.ask(src)).headers.get('content-type')).toBe('image/svg+xml')
  expect((await app.ask(start_url)).status).toBe(200)
})
