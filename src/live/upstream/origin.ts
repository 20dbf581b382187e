/** The epochs that `db/migrate.ts` makes. One letter at least: a time such as `1355517523.00000572` is no place in a log. */
const ORIGIN = /^\d{1,15}\.(?=[2-9]*[a-z])([a-km-np-z2-9]{8})$/

/** The epoch of the log in which an event was written first; undefined for an id that somebody else made. */
export const originEpoch = (sourceId: string): string | undefined => ORIGIN.exec(sourceId)?.[1]

/** Where an event was written first, `seq.epoch`: the same whatever way it came, so that one in a circle is known again. */
export function originOf({ seq, epoch, source_id }: { seq: number; epoch: string; source_id?: string | undefined }): string {
  return source_id !== undefined && originEpoch(source_id) !== undefined ? source_id : `${seq}.${epoch}`
}
