/** Cuts bytes into lines that end in LF, CR or both, as they come; a line of more than `most` characters is not kept. */
export class Lines {
  constructor(most: number)
  /** The lines that these bytes complete; null in the place of one that is too long. */
  feed(bytes: Uint8Array): (string | null)[]
}
