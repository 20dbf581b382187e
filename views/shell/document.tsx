import { html } from '../ui/html.ts'
import type { Preferences } from '../viewer.ts'

/** Required by the content security policy: no eval, no inline script or style, and no page in the history cache. */
const HTMX = JSON.stringify({
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  historyRestoreAsHxRequest: false,
  inlineScriptNonce: '',
  inlineStyleNonce: '',
  timeout: 10_000,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '(409|422)', swap: true, error: false },
    { code: '...', swap: false, error: true },
  ],
})

interface DocumentProps {
  title: string
  stylesheets: readonly string[]
  scripts?: readonly string[]
  favicon?: string
  preferences?: Preferences
  /** More elements for the head. */
  head?: string
  /** The content of the body. */
  body: string
}

/** An HTML document, for the shell and for pages outside it. */
export function page({ title, stylesheets, scripts = [], favicon = '/favicon.svg', preferences, head = '', body }: DocumentProps): string {
  const safeHead = head
  const safeBody = body
  const { theme, density, keys } = preferences ?? {}
  const document = html(
    <html lang="en" data-theme={theme === 'system' ? undefined : theme} data-density={density} data-keys={keys}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title safe>{`${title} · Telltale`}</title>
        <link rel="icon" href={favicon} type="image/svg+xml" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <meta name="htmx-config" content={HTMX} />
        {safeHead}
        {stylesheets.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
        {scripts.map((src) => (
          <script src={src} defer></script>
        ))}
      </head>
      <body>{safeBody}</body>
    </html>,
  )
  return `<!doctype html>${document}`
}
