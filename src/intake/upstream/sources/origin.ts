/** An epoch has at least one letter: a time such as `1355517523.00000572` is no place in a log. */
const ORIGIN = /^\d{1,15}\.(?=[2-9]*[a-z])([a-km-np-z2-9]{8})$/

/** The epoch of the log where an event was first written; undefined for an id of another kind. */
export const originEpoch = (sourceId: string): string | undefined => ORIGIN.exec(sourceId)?.[1]

/** Where an event was first written, as `seq.epoch`: the same by every route, so that loops are detected. */
export function originOf({ seq, epoch, source_id }: { seq: number; epoch: string; source_id?: string | undefined }): string {
  return source_id !== undefined && originEpoch(source_id) !== undefined ? source_id : `${seq}.${epoch}`
}
