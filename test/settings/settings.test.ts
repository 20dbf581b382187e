import { describe, expect, test } from 'vitest'
import { configFrom, UsageError } from '../../src/config/config.ts'
import { form, type TestApp, testApp } from '../support/app.ts'

const HTML = { accept: 'text/html' }
const cookiesOf = (answer: Response) => answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
const page = async (app: TestApp, path: string, cookie = '') => (await app.ask(path, { headers: { ...HTML, cookie } })).text()
const over = (app: TestApp, path: string, headers: Record<string, string>) => app.over(path, { headers })
async function signIn(app: TestApp): Promise<string> {
  const { url } = (await app.json('/api/sign-in-links', {})).body
  const answer = await app.ask('/auth/exchange', { method: 'POST', body: JSON.stringify({ code: url }), headers: { 'content-type': 'application/json' } })
  return cookiesOf(answer)[0] as string
}
const as = (app: TestApp, secret: string, path: string, headers = {}) => over(app, path, { authorization: `Bearer ${secret}`, ...headers })

describe('the preferences of a browser', () => {
  test('are saved in cookies by a plain form, and apply to the next page', async () => {
    const app = await testApp()
    const answer = await app.ask('/settings/preferences', form({ theme: 'dark', density: 'comfortable', zone: 'Asia/Tokyo' }, HTML))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/settings?kept=1'])
    const cookies = cookiesOf(answer)
    expect(cookies).toEqual(['theme=dark', 'density=comfortable', 'keys=off', 'zone=Asia%2FTokyo'])
    const html = await page(app, '/settings?kept=1', cookies.join('; '))
    expect(html).toContain('<html lang="en" data-theme="dark" data-density="comfortable" data-keys="off">')
    expect(html).toContain('Saved in this browser.')
    for (const outside of ['/nothing', '/in']) expect(await page(app, outside, cookies.join('; '))).toContain('data-theme="dark"')
    expect(html).toContain('Times are shown in Asia/Tokyo.')
    expect(html).toMatch(/<option value="Asia\/Tokyo" selected/)
  })

  test('can be reset to the defaults', async () => {
    const app = await testApp()
    const answer = await app.ask('/settings/preferences', form({ theme: 'system', density: 'compact', keys: 'on' }, HTML))
    expect(cookiesOf(answer)).toEqual(['theme=', 'density=', 'keys=', 'zone='])
    expect(await page(app, '/home')).toContain('<html lang="en" data-density="compact" data-keys="on">')
  })

  test('are refused if invalid, and an invalid cookie is ignored', async () => {
    const app = await testApp()
    const answer = await app.json('/settings/preferences', { theme: 'dark', zone: 'Mars/Olympus' })
    expect([answer.status, answer.body.fields]).toEqual([422, { zone: 'Unknown time zone.' }])
    expect(await page(app, '/home', 'theme="><script>; density=huge')).toContain('<html lang="en" data-density="compact" data-keys="on">')
  })
})

describe('sign-in and tokens', () => {
  test('the page lists browsers and tokens, makes a token that is shown once, and revokes it', async () => {
    const app = await testApp()
    const made = await (await app.ask('/api/tokens', form({ name: 'build <machine>', role: 'viewer', expires_days: '7' }, HTML))).text()
    const [secret = ''] = /tt_viewer_[0-9a-f]{8}_[\w-]+/.exec(made) ?? []
    expect(made).toContain('build &lt;machine>')
    expect((await as(app, secret, '/api/tasks')).status).toBe(200)
    const list = await page(app, '/settings/access')
    expect(list).toContain('build &lt;machine>')
    expect(list).not.toContain(secret)
    const [, revoke = ''] = /action="(\/api\/tokens\/[0-9a-f]+\/revoke)"/.exec(list) ?? []
    expect((await app.ask(revoke, form({}, HTML))).headers.get('location')).toBe('/settings/access')
    expect((await as(app, secret, '/api/tasks')).status).toBe(401)
    expect(await page(app, '/settings/access')).toContain('Revoked')
  })

  test('a browser that is signed out by another is out, and the other stays in', async () => {
    const app = await testApp()
    const asks = async (cookie: string) => (await over(app, '/api/tasks', { cookie })).status
    const [one, other] = [await signIn(app), await signIn(app)]
    expect([await asks(one), await asks(other)]).toEqual([200, 200])
    const { items } = (await app.json('/api/sessions')).body
    expect(items).toHaveLength(2)
    await app.json(`/api/sessions/${items[0].id}/revoke`, {})
    expect([await asks(one), await asks(other)].sort()).toEqual([200, 401])
    expect((await app.json('/api/sessions')).body.items).toHaveLength(1)
    expect((await app.json('/api/sessions/%25/revoke', {})).status).toBe(404)
  })

  test('a browser shows its last request, and the current one shows now', async () => {
    const app = await testApp()
    const [one, other] = [await signIn(app), await signIn(app)]
    app.time.pass(240_000)
    await over(app, '/api/tasks', { cookie: one })
    const sessions = (await app.json('/api/sessions')).body.items
    const ago = sessions.map(({ seen_at }: { seen_at: string }) => app.time.now() - Date.parse(seen_at))
    expect(ago).toEqual([0, 240_000])
    app.time.pass(60_000)
    const html = await (await over(app, '/settings/access', { ...HTML, cookie: other })).text()
    const lines = html
      .split('<li ')
      .filter((line) => line.includes('id="session-'))
      .map((line) => line.replace(/<[^>]*>/g, ''))
    expect(lines).toEqual([expect.stringMatching(/This browser.*seen now ·/s), expect.stringMatching(/Browser.*seen 1m ·/s)])
  })

  test('need an admin', async () => {
    const app = await testApp()
    const { token } = (await app.json('/api/tokens', { name: 'looks', role: 'viewer' })).body.item
    for (const path of ['/settings/access', '/api/sessions', '/api/tokens']) expect((await as(app, token, path)).status).toBe(403)
    const html = await (await as(app, token, '/settings', HTML)).text()
    expect(html).toContain('Density')
    expect(html).not.toContain('/settings/access')
  })
})

test('every component of the interface is on one page, in both densities', async () => {
  const html = await page(await testApp(), '/settings/design')
  for (const words of ['Needs input', 'Retrying', 'Succeeded', 'A queue name has', 'No task yet', 'Something broke here', 'Tasks that ended', 'Timeline']) {
    expect(html).toContain(words)
  }
  expect(html).toContain('data-density="compact"')
  expect(html).toContain('data-density="comfortable"')
})

describe('the name of the environment', () => {
  test.each([
    ['prod', { name: 'prod', colour: 'grey' }],
    ['prod:red', { name: 'prod', colour: 'red' }],
    ['eu west: 2', { name: 'eu west: 2', colour: 'grey' }],
  ])('%s is read from the flag', (text, badge) => {
    expect(configFrom(['--environment', text], {}).environment).toEqual(badge)
  })

  test('is refused when it is too long, and left out when there is none', () => {
    expect(() => configFrom(['--environment', 'x'.repeat(25)], {})).toThrow(UsageError)
    expect(configFrom([], {}).environment).toBeUndefined()
  })

  test('is on every page, in its colour', async () => {
    const app = await testApp({ environment: { name: 'prod <1>', colour: 'red' } })
    for (const path of ['/home', '/tasks', '/settings/design']) {
      expect(await page(app, path)).toContain('<span class="environment" data-colour="red">prod &lt;1></span>')
    }
  })
})
