/** Cuts bytes into lines that end in LF, CR or both, as they come; what is longer than `most` characters is not kept. */
export class Lines {
  readonly #most: number
  readonly #decoder = new TextDecoder()
  #rest = ''
  #isTooLong = false
  #endedInCr = false

  constructor(most: number) {
    this.#most = most
  }

  /** The lines that these bytes complete; null in the place of one that is too long. */
  feed(bytes: Buffer): (string | null)[] {
    const text = this.#decoder.decode(bytes, { stream: true })
    if (text === '') return []
    const restOfCrLf = this.#endedInCr && text.startsWith('\n') ? 1 : 0
    this.#endedInCr = text.endsWith('\r')
    const lines: (string | null)[] = text.slice(restOfCrLf).split(/\r\n|\r|\n/)
    lines[0] = this.#rest + lines[0]
    this.#rest = lines.pop() as string
    if (lines.length > 0 && this.#isTooLong) {
      lines[0] = null
      this.#isTooLong = false
    }
    if (this.#rest.length > this.#most) {
      this.#rest = ''
      this.#isTooLong = true
    }
    return lines.map((line) => (line !== null && line.length <= this.#most ? line : null))
  }
}
