/** What stands in the output in place of a secret. */
const MASK = '***'
/** A shorter line of a longer secret may be an ordinary word. */
const LEAST = 4

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/**
 * Replaces secrets in one stream of output, byte by byte, whatever pieces it comes in: what may be the beginning of a
 * secret is held back until the next piece, or the end. The lines of a longer secret are hidden each.
 */
export class Mask {
  #hidden: readonly string[] = []
  #pattern: RegExp | undefined
  #held = ''

  constructor(secrets: readonly string[]) {
    this.hide(secrets)
  }

  /** Hides these from now on, as well as the earlier ones. */
  hide(secrets: readonly string[]) {
    const parts = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]).filter((part) => Buffer.byteLength(part) >= LEAST)
    // As Latin-1, each byte is one character, so that a search splits none.
    const texts = [...new Set([...this.#hidden, ...parts.map((part) => Buffer.from(part).toString('latin1'))])]
    this.#hidden = texts.sort((a, b) => b.length - a.length)
    if (texts.length > 0) this.#pattern = new RegExp(this.#hidden.map((text) => literally(text)).join('|'), 'g')
  }

  push(data: Buffer): Buffer {
    if (!this.#pattern) return data
    const text = this.#held + data.toString('latin1')
    const beginnings = this.#beginningsIn(text)
    const heldFrom = (at: number) => beginnings.find((from) => from >= at) ?? text.length
    let [masked, at] = ['', 0]
    for (const { index, 0: secret } of text.matchAll(this.#pattern)) {
      // It may be part of a longer one that is not complete yet.
      if (heldFrom(at) <= index) break
      if (index < at) continue
      masked += text.slice(at, index) + MASK
      at = index + secret.length
    }
    this.#held = text.slice(heldFrom(at))
    return Buffer.from(masked + text.slice(at, heldFrom(at)), 'latin1')
  }

  /** What was held back, once nothing follows. */
  end(): Buffer {
    const held = this.#pattern ? this.#held.replace(this.#pattern, MASK) : ''
    this.#held = ''
    return Buffer.from(held, 'latin1')
  }

  /** Where, from first to last, the rest of the text is the beginning of a secret. */
  #beginningsIn(text: string): number[] {
    const found = this.#hidden.flatMap((secret) =>
      Array.from({ length: Math.min(secret.length - 1, text.length) }, (_, i) => i + 1).filter((length) => text.endsWith(secret.slice(0, length))),
    )
    return found.map((length) => text.length - length).sort((a, b) => a - b)
  }
}
