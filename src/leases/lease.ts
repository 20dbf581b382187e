import type { Lease, Leases } from '../db/index.ts'
import { type App, perApp } from '../live/app.ts'
import type { TaskRow } from '../tasks/tasks.ts'
import { MemoryLeases } from './memory-leases.ts'

export const leases = perApp(({ database, clock }: App): Leases => database.leases?.(clock) ?? new MemoryLeases(clock))

export const leaseOf = ({ id, fence, worker_id, lease_ttl_ms }: TaskRow): Lease => ({ id, fence, worker_id: worker_id ?? '', ttl_ms: lease_ttl_ms })
