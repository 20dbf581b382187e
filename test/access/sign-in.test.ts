import { describe, expect, test } from 'vitest'
import { form, type TestApp, testApp } from '../support/app.ts'

const HTML = { accept: 'text/html' }

async function signIn(app: TestApp, ...cookies: string[]) {
  const { body } = await app.json('/api/sign-in-links', {})
  const answer = await app.over('/auth/exchange', form({ code: body.url }, { ...HTML, cookie: cookies.join('; '), 'sec-fetch-site': 'same-origin' }))
  expect(answer.status).toBe(303)
  return answer
}
const returnPathOf = async (app: TestApp, path: string, headers: Record<string, string> = {}) =>
  (await app.over(path, { headers: { ...HTML, ...headers } })).headers.getSetCookie()[0]?.split(';')[0]

describe('a sign-in', () => {
  test('returns to the page that was opened before it, once', async () => {
    const app = await testApp()
    const [asked = ''] = (await app.over('/tasks?state=failed&q=a%20b', { headers: HTML })).headers.getSetCookie()
    expect(asked).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/)
    const wanted = asked.split(';')[0] as string
    const answer = await signIn(app, wanted)
    expect(answer.headers.get('location')).toBe('/tasks?state=failed&q=a%20b')
    expect(answer.headers.getSetCookie()).toContainEqual(expect.stringMatching(/^telltale-return-path=; Max-Age=0;/))
    const session = answer.headers.getSetCookie()[0]?.split(';')[0]
    const later = await app.over('/', { headers: { ...HTML, cookie: `${session}; ${wanted}` } })
    expect(later.headers.get('location')).toBe('/home')
  })

  test('responds to a script with the same', async () => {
    const app = await testApp()
    const cookie = (await returnPathOf(app, '/tasks/t_4')) as string
    const { body } = await app.json('/api/sign-in-links', {})
    const answer = await app.over('/auth/exchange', {
      method: 'POST',
      body: JSON.stringify({ code: body.url }),
      headers: { 'content-type': 'application/json', cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect(await answer.json()).toEqual({ path: '/tasks/t_4' })
  })

  test.each(['cross-site', 'same-site'])('does not lead to a page that a %s one opened', async (site) => {
    const app = await testApp()
    expect(await returnPathOf(app, '/tasks/new?title=x', { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).toBeUndefined()
    for (const own of ['none', 'same-origin']) expect(await returnPathOf(app, '/tasks', { 'sec-fetch-site': own })).toBe('telltale-return-path=%2Ftasks')
  })

  test.each([
    '//evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    '/\t/evil.test',
    '/.//evil.test',
    '/x/..//evil.test',
    'https://evil.test/',
    'evil.test',
    'javascript:alert(1)',
    '',
  ])('redirects nowhere else for the cookie %j', async (path) => {
    const app = await testApp()
    expect((await signIn(app, `telltale-return-path=${encodeURIComponent(path)}`)).headers.get('location')).toBe('/')
  })
})

test('a new task’s command never comes from a URL; its title may', async () => {
  const app = await testApp()
  for (const path of ['/tasks/new', '/ui/tasks/new']) {
    const page = await app.ask(`${path}?command=curl+evil.test&params.folder=evil&title=Weekly+report`)
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).not.toContain('evil')
    expect(html).toContain('Weekly report')
  }
})
