import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { tokenPage } from '../../views/settings/token.tsx'
import { signInPage } from '../../views/sign-in.tsx'
import type { App } from '../live/app.ts'
import { invalid, Problem } from '../live/problem.ts'
import { toPageAskedFor } from './asked.ts'
import type { Assets } from './assets.ts'
import { parseBody } from './body.ts'
import { wantsHtml } from './errors.ts'
import { COOKIES, isLocalOwner, originOf, sessionSecret } from './gate.ts'
import type { Env, Router } from './panel.ts'
import { preferencesOf } from './preferences.ts'
import { isHtmx, isPlainForm, mustBeAllowed } from './respond.ts'
import * as sessions from './sessions.ts'
import * as tokens from './tokens.ts'

const Exchange = z.object({ code: z.string().trim().max(200) })
const COOKIE_S = 30 * 86_400

/** What anyone may ask for: how to sign in, and the exchange of a one-use code for a session. */
export function mountSignIn(router: Router, app: App, assets: Assets) {
  const page = (c: Context, problem?: string) =>
    signInPage({
      assets: assets.url,
      preferences: preferencesOf(c),
      stylesheets: assets.stylesheets,
      scripts: ['js/sign-in.js', 'js/time-zone.js'].map(assets.url),
      ...(problem !== undefined && { problem }),
    })

  router.get('/in', (c) => c.html(page(c), 200, { 'Cache-Control': 'no-store' }))
  router.post('/auth/exchange', async (c) => {
    const { code } = await parseBody(c, Exchange)
    try {
      // The code after the # may be pasted with the whole link.
      keep(c, await sessions.exchange(app, code.slice(code.indexOf('#') + 1)))
    } catch (error) {
      if (error instanceof Problem && wantsHtml(c)) return c.html(page(c, error.message), 401)
      throw error
    }
    return wantsHtml(c) ? c.redirect('/', 303) : c.body(null, 204)
  })
}

/** Sign-out, new sign-in links and tokens: for who is signed in, or holds the control socket. */
export function mountCredentials(router: Router, app: App) {
  router.get('/', toPageAskedFor)
  router.post('/auth/sign-out', async (c) => {
    const secret = sessionSecret(c)
    if (secret) await sessions.signOut(app, secret)
    for (const name of COOKIES) deleteCookie(c, name, { path: '/', secure: name.startsWith('__Host-') })
    if (isHtmx(c)) return c.body(null, 204, { 'HX-Redirect': '/in' })
    return c.redirect('/in', 303)
  })
  router.post('/api/sign-in-links', async (c) => {
    if (!isLocalOwner(c)) throw new Problem('forbidden', 'A sign-in link is made over the control socket only: run `npx telltale open` on the machine itself.')
    const code = await sessions.newLink(app)
    return c.json({ url: signInUrl(app, code) }, 201)
  })
  router.get('/api/tokens', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    return c.json({ items: await tokens.list(app), next: null })
  })
  router.post('/api/tokens', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const wanted = await parseBody(c, tokens.NewToken)
    const made = await tokens.create(app, { actor: c.get('actor') }, wanted)
    return isPlainForm(c) ? app.bare(c, 'New token', tokenPage({ ...made, ...wanted })) : c.json({ item: made }, 201)
  })
  router.post('/api/tokens/:id/revoke', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const id = c.req.param('id')
    if (!id) throw invalid('Name the token to revoke.')
    await tokens.revoke(app, { actor: c.get('actor') }, id)
    return isPlainForm(c) ? c.redirect('/settings/access', 303) : c.json({ item: { id, revoked: true } })
  })
  router.get('/api/sessions', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    return c.json({ items: await sessions.list(app), next: null })
  })
  router.post('/api/sessions/:id/revoke', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const id = c.req.param('id')
    await sessions.revoke(app, { actor: c.get('actor') }, id)
    return isPlainForm(c) ? c.redirect('/settings/access', 303) : c.json({ item: { id, revoked: true } })
  })
}

/** The secret stands in the fragment, which a browser sends to no server and writes to no log. */
export const signInUrl = (app: App, code: string) => `${originOf(app)}/in#${code}`

function keep(c: Context<Env>, secret: string) {
  const agent = c.req.header('user-agent') ?? ''
  // Safari takes no Secure cookie from http, not even from this machine.
  const plain = agent.includes('Safari/') && !/Chrom(e|ium)\//.test(agent)
  setCookie(c, plain ? COOKIES[1] : COOKIES[0], secret, { path: '/', httpOnly: true, sameSite: 'Strict', secure: !plain, maxAge: COOKIE_S })
}
