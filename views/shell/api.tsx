import { Tabs } from '../settings/tabs.tsx'
import { domId } from '../ui/dom-id.ts'
import { Copy } from '../ui/form/copy.tsx'
import { html } from '../ui/html.ts'
import type { Viewer } from '../viewer.ts'

interface Field {
  name: string
  isRequired: boolean
}

/** A route as its entry in the table describes it. */
export interface ApiRoute {
  method: string
  path: string
  summary: string
  may: string
  roles: readonly string[]
  query: readonly Field[]
  body: readonly Field[]
  answer: { status: number; type: string; says: string }
  curl: string
}

/** The routes of one noun. */
export interface ApiGroup {
  name: string
  routes: readonly ApiRoute[]
}

/** Every route, grouped by noun, with its roles, fields, response and a `curl` line. */
export function apiPage(groups: readonly ApiGroup[], viewer: Viewer): string {
  return html(
    <div class="settings api">
      <h1 class="visually-hidden">API</h1>
      <Tabs at="/api" viewer={viewer} />
      <p class="muted">
        Every call, page and stream of this server. Programs can read them as <a href="/api/openapi.json">an OpenAPI 3.1 document</a>. The commands take a token
        from <code>TELLTALE_TOKEN</code>.
      </p>
      <nav class="api-index" aria-label="On this page">
        {groups.map(({ name, routes }) => (
          <a href={`#${domId('api', name)}`}>
            <span safe>{name}</span> <span class="number">{routes.length}</span>
          </a>
        ))}
      </nav>
      {groups.map(({ name, routes }) => (
        <section class="block" id={domId('api', name)} aria-labelledby={domId('api-title', name)}>
          <h2 id={domId('api-title', name)} safe>
            {name}
          </h2>
          {routes.map((route) => (
            <Route route={route} />
          ))}
        </section>
      ))}
    </div>,
  )
}

function Route({ route: { method, path, summary, may, roles, query, body, answer, curl } }: { route: ApiRoute }): JSX.Element {
  const access = roles.length > 0 ? roles.join(', ') : may
  return (
    <details class="api-route">
      <summary>
        <code class="api-method" safe>
          {method}
        </code>
        <code class="api-path" safe>
          {path}
        </code>
        <span class="muted" safe>
          {summary}
        </span>
      </summary>
      <dl class="facts">
        <div>
          <dt>Role</dt>
          <dd safe>{access}</dd>
        </div>
        <Fields title="Query" fields={query} />
        <Fields title="Body" fields={body} />
        <div>
          <dt>Answer</dt>
          <dd safe>{[`${answer.status} ${answer.type}`.trim(), answer.says].join(': ')}</dd>
        </div>
        <div>
          <dt>Try it</dt>
          <dd>
            <Copy text={curl} label="Copy the command" />
          </dd>
        </div>
      </dl>
    </details>
  )
}

function Fields({ title, fields }: { title: string; fields: readonly Field[] }): JSX.Element {
  if (fields.length === 0) return ''
  return (
    <div>
      <dt safe>{title}</dt>
      <dd class="api-fields">
        {fields.map(({ name, isRequired }) => (
          <span>
            <code safe>{name}</code>
            {isRequired ? <span class="muted"> required</span> : ''}
          </span>
        ))}
      </dd>
    </div>
  )
}
