/** Each circle of a directed graph that a walk through it meets, as `a → b → a`. */
export function circles(edges: readonly (readonly [string, string])[]): string[] {
  const graph = Map.groupBy(edges, ([from]) => from)
  const done = new Set<string>()
  const found: string[] = []
  const visit = (node: string, trail: readonly string[]) => {
    if (trail.includes(node)) found.push([...trail.slice(trail.indexOf(node)), node].join(' → '))
    else if (!done.has(node)) {
      for (const [, to] of graph.get(node) ?? []) if (to !== node) visit(to, [...trail, node])
      done.add(node)
    }
  }
  for (const node of graph.keys()) visit(node, [])
  return found
}
