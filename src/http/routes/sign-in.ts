import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { signInPage } from '../../../views/shell/sign-in.tsx'
import { limits } from '../../access/limits.ts'
import * as sessions from '../../access/sessions.ts'
import { Problem } from '../../input/problem.ts'
import type { App } from '../../live/app.ts'
import { json, page, redirect } from '../answer.ts'
import { Refusal, wantsHtml } from '../errors.ts'
import { clientOf } from '../gate/client-address.ts'
import { COOKIES, isLocalOwner, sessionSecret } from '../gate/gate.ts'
import { addressOf, linkCommand, originOf } from '../gate/host.ts'
import { takeReturnPath } from '../gate/return-path.ts'
import { preferencesOf } from '../preferences.ts'
import { isHtmx } from '../respond.ts'
import { type Call, type Route, route } from '../route.ts'
import type { Site } from '../site.ts'
import type { Env } from '../slice.ts'

const Exchange = z.object({ code: z.string().trim().max(200) })
const COOKIE_S = 30 * 86_400

/** Signing in, for whoever holds a one-use code, and out; new links come over the control socket only. */
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/in',
    summary: 'Sign in',
    may: 'anyone',
    answer: page('How to sign in'),
    run: ({ app, c }) => c.html(signIn(app, c), 200, { 'Cache-Control': 'no-store' }),
  }),
  route({
    method: 'POST',
    path: '/auth/exchange',
    summary: 'Exchange a one-use code for a session',
    may: 'anyone',
    body: Exchange,
    answer: json(z.object({ path: z.string() }), { says: 'The page to open, with the session cookie' }),
    example: { body: { code: 'the code of a link, or the link' } },
    run: exchange,
  }),
  route({
    method: 'POST',
    path: '/auth/sign-out',
    summary: 'Sign out',
    may: 'any role',
    answer: redirect('To the sign-in page'),
    async run({ app, c }) {
      const secret = sessionSecret(app, c)
      if (secret) await sessions.signOut(app, { actor: c.get('actor') }, secret)
      for (const name of COOKIES) deleteCookie(c, name, { path: '/', secure: name.startsWith('__Host-') })
      if (isHtmx(c)) return c.body(null, 204, { 'HX-Redirect': '/in' })
      return c.redirect('/in', 303)
    },
  }),
  route({
    method: 'POST',
    path: '/api/sign-in-links',
    summary: 'Make a sign-in link',
    may: 'control socket',
    answer: json(z.object({ url: z.string() }), { says: 'The link, which works once', status: 201 }),
    run: async ({ app, c }) => c.json({ url: signInUrl(app, await sessions.newLink(app)) }, 201),
  }),
]

async function exchange({ app, c, body: { code } }: Call<never, undefined, z.infer<typeof Exchange>>): Promise<Response> {
  const isPublic = mustBeAtHome(app, c)
  try {
    // The code after the # may be pasted with the whole link.
    keep(c, await sessions.exchange(app, code.slice(code.indexOf('#') + 1)), isPublic)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    limits(app).wrongCodes.mustAllow(clientOf(app, c).address, 'Too many wrong codes from this address. Wait a minute, then open a new link.')
    if (wantsHtml(c)) return c.html(signIn(app, c, error.message), 401)
    throw error
  }
  const path = takeReturnPath(c)
  return wantsHtml(c) ? c.redirect(path, 303) : c.json({ path })
}

function signIn(app: Site, c: Context, problem?: string): string {
  const { assets } = app
  return signInPage({
    command: linkCommand(app, c),
    assets: assets.url,
    preferences: preferencesOf(c),
    stylesheets: assets.of().stylesheets,
    scripts: [assets.url('js/sign-in.js')],
    ...(problem !== undefined && { problem }),
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
