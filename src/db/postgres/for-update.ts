import type {
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  SelectQueryNode,
  TableNode,
  UnknownRow,
} from 'kysely'

/** The log is append-only, and triggers write the counts under its lock. */
const NEVER_LOCKED = ['events', 'counters', 'task_minutes']
const AGGREGATE = /\b(max|min|sum|count|avg)\s*\(/i

/** Locks each row that a change reads, as if it were the only writer. */
export class ForUpdate implements KyselyPlugin {
  transformQuery({ node }: PluginTransformQueryArgs) {
    if (node.kind !== 'SelectQueryNode' || !isLockable(node)) return node
    // Rows of an outer join that are missing cannot be locked.
    const of = node.joins ? [nameOf(node.from?.froms[0] as OperationNode)] : undefined
    return { ...node, endModifiers: [{ kind: 'SelectModifierNode' as const, modifier: 'ForUpdate' as const, ...(of && { of }) }] }
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }
}

function isLockable({
  from,
  groupBy,
  having,
  distinctOn,
  frontModifiers,
  endModifiers,
  setOperations,
  selections = [],
  with: shared,
}: SelectQueryNode): boolean {
  const table = from?.froms[0]
  if (from?.froms.length !== 1 || !table || groupBy || having || distinctOn || frontModifiers || endModifiers || setOperations || shared) return false
  const name = tableOf(table)
  return name !== undefined && !NEVER_LOCKED.includes(name) && !selections.some(({ selection }) => hasAggregate(selection))
}

function tableOf(node: OperationNode): string | undefined {
  if (node.kind === 'AliasNode') return tableOf((node as unknown as { node: OperationNode }).node)
  return node.kind === 'TableNode' ? (node as TableNode).table.identifier.name : undefined
}

const nameOf = (node: OperationNode): OperationNode => (node.kind === 'AliasNode' ? (node as unknown as { alias: OperationNode }).alias : node)

function hasAggregate(node: OperationNode): boolean {
  if (node.kind === 'AggregateFunctionNode' || node.kind === 'FunctionNode') return true
  if (node.kind === 'AliasNode') return hasAggregate((node as unknown as { node: OperationNode }).node)
  return node.kind === 'RawNode' && (node as unknown as { sqlFragments: readonly string[] }).sqlFragments.some((part) => AGGREGATE.test(part))
}
