export class Lines {
  #most
  // Drops a byte order mark, and keeps an incomplete character for the next chunk.
  #decoder = new TextDecoder()
  #rest = ''
  #isTooLong = false
  #endedInCr = false

  constructor(most) {
    this.#most = most
  }

  feed(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true })
    if (text === '') return []
    const restOfCrLf = this.#endedInCr && text.startsWith('\n') ? 1 : 0
    this.#endedInCr = text.endsWith('\r')
    const lines = text.slice(restOfCrLf).split(/\r\n|\r|\n/)
    lines[0] = this.#rest + lines[0]
    this.#rest = lines.pop()
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
