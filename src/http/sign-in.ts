import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { tokenPage } from '../../views/settings/token.tsx'
import { signInPage } from '../../views/sign-in.tsx'
import type { App } from '../live/app.ts'
import { invalid, Problem } from '../live/problem.ts'
import { takePageAskedFor } from './asked.ts'
import type { Assets } from './assets.ts'
import { parseBody } from './body.ts'
import { clientOf } from './client-address.ts'
import { Refusal, wantsHtml } from './errors.ts'
import { COOKIES, isLocalOwner, sessionSecret } from './gate.ts'
import { addressOf, originOf } from './host.ts'
import { limits } from './limits.ts'
import type { Env, Router } from './panel.ts'
import { preferencesOf } from './preferences.ts'
import { isHtmx, isPlainForm, mustBeAllowed } from './respond.ts'
import * as sessions from './sessions.ts'
import * as tokens from './tokens.ts'

const Exchange = z.object({ code: z.string().trim().max(200) })
const COOKIE_S = 30 * 86_400

/** Open to anybody: the page that says how to sign in, and the exchange of a one-use code for a session. */
export function mountSignIn(router: Router, app: App, assets: Assets) {
  const page = (c: Context, problem?: string) =>
    signInPage({
      assets: assets.url,
      preferences: preferencesOf(c),
      stylesheets: assets.stylesheets,
      scripts: [assets.url('js/sign-in.js')],
      ...(problem !== undefined && { problem }),
    })

  router.get('/in', (c) => c.html(page(c), 200, { 'Cache-Control': 'no-store' }))
  router.post('/auth/exchange', async (c) => {
    const { code } = await parseBody(c, Exchange)
    const isPublic = mustBeAtHome(app, c)
    try {
      // The code after the # may be pasted with the whole link.
      keep(c, await sessions.exchange(app, code.slice(code.indexOf('#') + 1)), isPublic)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      limits(app).wrongCodes.mustAllow(clientOf(app, c).address, 'Too many wrong codes from this address. Wait a minute, then open a new link.')
      if (wantsHtml(c)) return c.html(page(c, error.message), 401)
      throw error
    }
    const path = takePageAskedFor(c)
    return wantsHtml(c) ? c.redirect(path, 303) : c.json({ path })
  })
}

/** Sign-out, new sign-in links and tokens: for whoever is signed in or holds the control socket. */
export function mountCredentials(router: Router, app: App) {
  router.post('/auth/sign-out', async (c) => {
    const secret = sessionSecret(app, c)
    if (secret) await sessions.signOut(app, { actor: c.get('actor') }, secret)
    for (const name of COOKIES) deleteCookie(c, name, { path: '/', secure: name.startsWith('__Host-') })
    if (isHtmx(c)) return c.body(null, 204, { 'HX-Redirect': '/in' })
    return c.redirect('/in', 303)
  })
  router.post('/api/sign-in-links', async (c) => {
    if (!isLocalOwner(c)) throw new Problem('forbidden', 'A sign-in link is made over the control socket only: run `npx telltale open` on the machine itself.')
    const code = await sessions.newLink(app)
    return c.json({ url: signInUrl(app, code) }, 201)
  })
  mountTokens(router, app)
  mountSessions(router, app)
}

function mountTokens(router: Router, app: App) {
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
  router.get('/api/tokens/:id', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    return c.json({ item: await tokens.get(app, c.req.param('id')) })
  })
  router.post('/api/tokens/:id/revoke', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const id = c.req.param('id')
    if (!id) throw invalid('Name the token to revoke.')
    await tokens.revoke(app, { actor: c.get('actor') }, id)
    return isPlainForm(c) ? c.redirect('/settings/access', 303) : c.json({ item: { id, revoked: true } })
  })
}

function mountSessions(router: Router, app: App) {
  router.get('/api/sessions', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    return c.json({ items: await sessions.list(app), next: null })
  })
  router.get('/api/sessions/:id', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    return c.json({ item: await sessions.get(app, c.req.param('id')) })
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

/** Throws 421 unless the request uses a name that no other server has. Returns whether that is the public one. */
function mustBeAtHome(app: App, c: Context): boolean {
  if (isLocalOwner(c)) return false
  const address = addressOf(app, c)
  const origin = c.req.header('origin') ?? 'null' // a plain form sends none
  if (address?.of !== 'loopback' && (origin === 'null' || origin === address?.origin)) return address?.of === 'public'
  throw new Refusal(421, 'Sign in at the address in the link: a cookie for this address would go to every server on this machine.')
}

function keep(c: Context<Env>, secret: string, isPublic: boolean) {
  const agent = c.req.header('user-agent') ?? ''
  // Safari takes no Secure cookie from http, not even from this machine.
  const plain = !isPublic && agent.includes('Safari/') && !/Chrom(e|ium)\//.test(agent)
  setCookie(c, plain ? COOKIES[1] : COOKIES[0], secret, { path: '/', httpOnly: true, sameSite: 'Strict', secure: !plain, maxAge: COOKIE_S })
}
