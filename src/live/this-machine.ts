import type { LookupFunction } from 'node:net'

const toThisMachine: LookupFunction = (_, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4))

/**
 * The options of a request to this host. Names below `localhost`, such as a server's own, are this machine (RFC 6761, 6.3),
 * also where the resolver does not know them.
 */
export const wayTo = (hostname: string): { lookup?: LookupFunction } => (hostname.endsWith('.localhost') ? { lookup: toThisMachine } : {})
