const LONGEST_CODE = 4

/** Finds `ESC ] KEY ; CODE BEL`, by which `terminal.sh` says that its command has ended, in whatever pieces it comes. */
export class Marker {
  readonly #start: Buffer
  #held: Buffer = Buffer.alloc(0)

  constructor(key: string) {
    this.#start = Buffer.from(`\x1b]${key};`)
  }

  /** The bytes before the marker, and the code once it is there. */
  find(piece: Buffer): { bytes: Buffer; code?: number } {
    const all = Buffer.concat([this.#held, piece])
    const at = all.indexOf(this.#start)
    const from = at === -1 ? this.#beginningIn(all) : at
    const digits = at === -1 ? '' : all.toString('latin1', at + this.#start.length, at + this.#start.length + LONGEST_CODE)
    const code = /^(\d+)\x07/.exec(digits)?.[1]
    this.#held = all.subarray(from)
    return { bytes: all.subarray(0, from), ...(code !== undefined && { code: Number(code) }) }
  }

  /** Where the end of the bytes may be the beginning of the marker. */
  #beginningIn(bytes: Buffer): number {
    for (let from = Math.max(0, bytes.length - this.#start.length + 1); from < bytes.length; from++)
      if (this.#start.subarray(0, bytes.length - from).equals(bytes.subarray(from))) return from
    return bytes.length
  }
}
