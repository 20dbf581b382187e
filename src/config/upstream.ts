export interface RemoteUpstream {
  kind: 'telltale' | 'sse' | 'ndjson'
  name: string
  url: string
  token: string | undefined
  kinds: readonly string[]
  since: 'now' | 'beginning'
  refusal?: string
}

export interface CommandUpstream {
  kind: 'command'
  name: string
  argv: readonly string[]
  folder?: string
  kinds: readonly string[]
}

export type UpstreamConfig = RemoteUpstream | CommandUpstream

/** The address or command for display, without query or arguments, which may be secret. */
export function targetOf(upstream: UpstreamConfig): string {
  if (upstream.kind === 'command') return `${upstream.argv[0]}${upstream.argv.length > 1 ? ' …' : ''}`
  const { origin, pathname } = new URL(upstream.url)
  return `${origin}${pathname === '/' ? '' : pathname}`
}
