export class Lines {
  constructor(most: number)
  /** The lines that these bytes complete; null for one of more than `most` characters. */
  feed(bytes: Uint8Array): (string | null)[]
}
