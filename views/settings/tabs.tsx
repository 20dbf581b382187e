import type { Viewer } from '../viewer.ts'

const PAGES = [
  { href: '/settings', title: 'Preferences', action: 'read' },
  { href: '/settings/access', title: 'Sign-in and tokens', action: 'tokens.manage' },
  { href: '/settings/data', title: 'Data', action: 'read' },
  { href: '/api', title: 'API', action: 'read' },
] as const

/** The settings pages that the viewer may see. */
export function Tabs({ at, viewer }: { at: (typeof PAGES)[number]['href']; viewer: Viewer }): JSX.Element {
  return (
    <nav class="tabs settings-tabs" aria-label="Settings">
      {PAGES.filter(({ action }) => viewer.may(action)).map(({ href, title }) => (
        <a href={href} aria-current={href === at ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}
