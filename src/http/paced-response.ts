import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { STALL_MS } from '../live/stream.ts'

const PIECE_BYTES = 65_536

/** A response class that, as streams do, disconnects a reader that accepts nothing for `stallMs`, and calls `cut`. */
export function pacedResponse(cut: () => void, stallMs = STALL_MS): typeof ServerResponse {
  return class<Request extends IncomingMessage = IncomingMessage> extends PacedResponse<Request> {
    protected override stallMs = stallMs
    protected override stalled(socket: Socket) {
      cut()
      super.stalled(socket)
    }
  }
}

class PacedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  protected stallMs = STALL_MS
  #stalled: NodeJS.Timeout | undefined

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of Node's own method
  override write(chunk: any, ...rest: any[]): boolean {
    const isTaken = super.write(chunk, ...(rest as []))
    if (!isTaken) this.#watch()
    return isTaken
  }

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of Node's own method
  override end(chunk?: any, ...rest: any[]): this {
    const isLarge = (typeof chunk === 'string' || chunk instanceof Uint8Array) && chunk.length > PIECE_BYTES
    if (isLarge && this.req.method !== 'HEAD') void this.#endInPieces(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    else {
      super.end(chunk, ...(rest as []))
      if (this.socket?.writableLength) this.#watch()
    }
    return this
  }

  async #endInPieces(body: Uint8Array) {
    if (!this.headersSent) this.setHeader('Content-Length', body.length)
    let at = PIECE_BYTES
    for (let isTaken = this.write(body.subarray(0, at)); at < body.length && !this.destroyed; at += PIECE_BYTES) {
      if (!isTaken && !(await this.#drained())) return
      isTaken = this.write(body.subarray(at, at + PIECE_BYTES))
    }
    this.end()
  }

  protected stalled(socket: Socket) {
    socket.destroy()
  }

  #drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isOpen: boolean) => () => {
        this.off('drain', open).off('close', closed)
        resolve(isOpen)
      }
      const [open, closed] = [settle(true), settle(false)]
      this.once('drain', open).once('close', closed)
    })
  }

  #watch() {
    // A reader that has left is not one that accepts nothing.
    if (this.#stalled !== undefined || (this.socket?.destroyed ?? true)) return
    const over = () => {
      clearTimeout(this.#stalled)
      this.#stalled = undefined
      for (const event of ['drain', 'finish', 'close']) this.off(event, over)
    }
    this.#stalled = setTimeout(() => {
      over()
      if (this.socket) this.stalled(this.socket)
    }, this.stallMs)
    for (const event of ['drain', 'finish', 'close']) this.once(event, over)
  }
}
