/** One tag as it was written: enough of a parser for markup that is our own. */
export interface Tag {
  name: string
  closes: boolean
  attributes: Map<string, string>
  /** The tags that are open around it, outermost first. */
  inside: readonly Tag[]
}

const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*(\/?)>/g
const ATTRIBUTE = /([^\s=>"]+)(?:="([^"]*)")?/g
const VOID = new Set(['br', 'hr', 'img', 'input', 'link', 'meta'])

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#34;': '"', '&#39;': "'" }
const decoded = (value: string) => value.replace(/&(?:amp|lt|gt|quot|#34|#39);/g, (entity) => ENTITIES[entity] ?? entity)

/** Every opening tag of `html`. Throws for a tag that is closed by another's end, or never. */
export function tagsIn(html: string): Tag[] {
  const tags: Tag[] = []
  const open: Tag[] = []
  for (const [whole, slash, name = '', attributes = '', selfClosing] of html.matchAll(TAG)) {
    if (slash) {
      const last = open.pop()
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name ?? 'nothing'}>`)
      continue
    }
    const tag = {
      name,
      closes: false,
      attributes: new Map([...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, decoded(value)])),
      inside: [...open],
    }
    tags.push(tag)
    if (!selfClosing && !VOID.has(name) && !whole.endsWith('/>')) open.push(tag)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is never closed`)
  return tags
}
