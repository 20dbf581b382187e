import type { EnvironmentBadge } from '../../src/config/config.ts'
import { DialogLinks, Dialogs } from '../palette.tsx'
import { Button, ButtonLink } from '../ui/form/button.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'
import { page } from './document.tsx'
import { type NavEntry, nav } from './nav.tsx'

interface LayoutProps {
  title: string
  path: string
  nav: readonly NavEntry[]
  viewer: Viewer
  /** The cursor of the page; the page of an item also watches the item, and what else it shows. */
  live: { seq: number; epoch: string; watch?: readonly string[] }
  build: string
  assets(path: string): string
  stylesheets: readonly string[]
  scripts: readonly string[]
  environment?: EnvironmentBadge | undefined
  head?: string
  body: string
  /** The name of the slice that the page belongs to, if any. */
  slice?: string | undefined
  palette: string
  /** The form that every page opens. */
  create?: { label: string; href: string; key: string } | undefined
  /** The list that the top bar searches. */
  search?: { href: string; label: string } | undefined
}

/** The shell: sidebar, top bar, and the element with the live connection around everything that is swapped. */
export function layout(p: LayoutProps): string {
  const cursor = `${p.live.seq}.${p.live.epoch}`
  const watch = (p.live.watch ?? []).map((topic) => `&watch=${topic}`).join('')
  const head = html(
    <>
      <meta name="live" content={cursor} />
      <meta name="build" content={p.build} />
    </>,
  )
  const safeNav = nav(p.nav)
  const safeBody = p.body
  const body = html(
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div id="announce" class="visually-hidden" role="status" aria-live="polite"></div>
      <div id="live" class="shell" hx-ext="sse,morph" sse-connect={`/ui/stream?since=${cursor}${watch}`}>
        <nav class="sidebar" aria-label="Main">
          <a class="brand" href="/">
            <Icon name="lamp" class="brand-lamp" />
            <span>Telltale</span>
          </a>
          {safeNav}
        </nav>
        <TopBar {...p} />
        <main id="main" class="main" tabindex={-1}>
          {safeBody}
        </main>
      </div>
      <div class="toasts" data-toasts role="status" aria-label="Messages" aria-live="polite"></div>
      {p.create ? <side-sheet id="sheet" class="sheet" role="dialog" aria-label={attr(p.create.label)} hidden></side-sheet> : ''}
      <Dialogs at={p.path} placeholder={p.palette} />
    </>,
  )
  // Home counts what waits in every slice, so the largest count is the whole.
  const waiting = Math.max(0, ...p.nav.map(({ badge }) => (badge?.tone === 'waiting' ? badge.count : 0)))
  const title = waiting > 0 ? `(${waiting}) ${p.title}` : p.title
  return page({ ...p, title, preferences: p.viewer.preferences, favicon: p.assets('favicon.svg'), head: head + (p.head ?? ''), body })
}

function TopBar({ title, path, nav, slice, viewer, environment, search, create }: LayoutProps): JSX.Element {
  const section = nav.find(({ name }) => name === slice)
  return (
    <header class="topbar">
      <nav class="crumbs" aria-label="Breadcrumb">
        <ol>
          {section && path !== section.href ? (
            <li>
              <a href={section.href} safe>
                {section.title}
              </a>
            </li>
          ) : (
            ''
          )}
          <li aria-current="page">
            <bdi safe>{title}</bdi>
          </li>
        </ol>
      </nav>
      {search && path !== search.href ? <Search {...search} /> : ''}
      {environment ? (
        <span class="environment" data-colour={environment.colour} safe>
          {environment.name}
        </span>
      ) : (
        ''
      )}
      <DialogLinks at={path} />
      {create ? <New of={create} /> : ''}
      <Freshness />
      <theme-switch class="theme-switch" hidden>
        <button type="button" class="button" data-look="plain" aria-label="Toggle dark mode" title="Toggle dark mode (t)" data-key="t">
          <Icon name="theme" />
        </button>
      </theme-switch>
      <details class="menu user">
        <summary class="button" data-look="plain" aria-label={`Signed in as ${attr(viewer.name)}`}>
          <Icon name="user" />
          <span class="user-name" safe>
            {viewer.name}
          </span>
        </summary>
        <div class="menu-list">
          <p class="menu-note" safe>
            {viewer.name}
          </p>
          <ButtonLink label="Settings" icon="settings" look="plain" href="/settings" />
          <form method="post" action="/auth/sign-out">
            <Button label="Sign out" icon="sign-out" look="plain" />
          </form>
        </div>
      </details>
    </header>
  )
}

/** Opens the form beside the page; without script it is a page. */
function New({ of: { label, href, key } }: { of: { label: string; href: string; key: string } }): JSX.Element {
  return (
    <a class="button topbar-new" href={href} data-opens="sheet" data-key={key} title={attr(`${label} (${key})`)}>
      <Icon name="plus" />
      <span safe>{label}</span>
    </a>
  )
}

/** Searches a list from any other page. */
function Search({ href, label }: { href: string; label: string }): JSX.Element {
  return (
    <form class="topbar-search" method="get" action={href} role="search" aria-label={attr(label)}>
      <label class="search-box">
        <span class="visually-hidden" safe>
          {label}
        </span>
        <Icon name="search" />
        <input type="search" name="q" placeholder={attr(label)} autocomplete="off" spellcheck="false" enterkeyhint="search" maxlength={1000} data-key="/" />
      </label>
    </form>
  )
}

/** The age of the page's data. */
function Freshness(): JSX.Element {
  return (
    <>
      <button
        type="button"
        id="event-bus-status"
        class="freshness"
        data-state="connecting"
        aria-pressed="false"
        data-key="p"
        title="Pause or resume live updates (p)"
      >
        <span class="freshness-dot" aria-hidden="true"></span>
        <span data-word>Connecting</span>
      </button>
      <noscript>
        <span class="freshness" data-state="off">
          <span class="freshness-dot" aria-hidden="true"></span>
          Not live: JavaScript is off
        </span>
      </noscript>
    </>
  )
}
