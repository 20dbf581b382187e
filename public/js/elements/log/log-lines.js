// The lines of a log that are in the document: one part of it, of at most MOST lines. Space above and below stands for the
// rest, so that the scroll bar covers the whole log.
const MOST = 500
const PART = 150
/** Browsers limit the height of an element; beyond this, a place in the space is a proportion. */
const MOST_PX = 8_000_000

export const numberOf = (line) => (line ? Number(line.id.slice(1)) : 0)

export class LogLines {
  /** The numbers of the first line that is kept and of the last. */
  extent
  #list

  constructor(list, extent) {
    this.#list = list
    this.extent = extent
    this.#space()
  }

  get from() {
    return numberOf(this.#list.firstElementChild)
  }

  get to() {
    return numberOf(this.#list.lastElementChild)
  }

  get isAtEnd() {
    return this.to >= this.extent.last
  }

  /** Shows these lines instead, and scrolls to one of them if `line` is given. Without an extent, they are matches and not a part. */
  replace(fresh, extent, line) {
    this.extent = extent ? { first: extent.first, last: extent.last } : this.extent
    this.#list.replaceChildren(fresh)
    if (extent) this.#space()
    else this.#setSpace(0, 0)
    this.#list.querySelector(`[id="L${line}"]`)?.scrollIntoView({ block: 'start' })
  }

  /** Adds lines above or below; the lines in view keep their places, and those farthest from them leave. */
  add(fresh, side, { first, last } = this.extent) {
    this.extent = { first, last }
    const anchor = this.#inView()
    const was = anchor?.offsetTop ?? 0
    if (side === 'above') this.#list.prepend(fresh)
    else this.#list.append(fresh)
    while (this.#list.children.length > MOST) (side === 'above' ? this.#list.lastElementChild : this.#list.firstElementChild).remove()
    this.#space()
    if (anchor?.isConnected) this.#list.scrollTop += anchor.offsetTop - was
  }

  /** Whether as many lines can follow without one in view leaving. */
  hasRoom(count) {
    return this.#list.children.length + count <= MOST
  }

  grow({ first, last }) {
    this.extent = { first, last }
    this.#space()
  }

  /** What the reader's place needs: `{first, count}` with how it joins, or nothing. */
  wanted() {
    const { scrollTop, clientHeight } = this.#list
    const [top, bottom] = this.#edges()
    const { first, last } = this.extent
    const { from, to } = this
    if (scrollTop + clientHeight < top && from > first) return this.#around(first + Math.floor((scrollTop / top) * (from - first)))
    if (scrollTop > bottom && to < last) {
      const share = (scrollTop - bottom) / Math.max(1, this.#list.scrollHeight - clientHeight - bottom)
      return this.#around(to + Math.ceil(share * (last - to)))
    }
    if (scrollTop - top < clientHeight && from > first) return { first: Math.max(first, from - PART), count: Math.min(PART, from - first), joins: 'above' }
    if (bottom - scrollTop < 2 * clientHeight && to < last) return { first: to + 1, count: PART, joins: 'below' }
    return undefined
  }

  #around(line) {
    return { first: Math.max(this.extent.first, line - PART), count: 2 * PART, line }
  }

  /** Where the lines begin and end. */
  #edges() {
    const { firstElementChild, lastElementChild } = this.#list
    return firstElementChild ? [firstElementChild.offsetTop, lastElementChild.offsetTop + lastElementChild.offsetHeight] : [0, 0]
  }

  /** The first line that is at least partly in view. */
  #inView() {
    const lines = this.#list.children
    let [low, high] = [0, lines.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (lines[middle].offsetTop + lines[middle].offsetHeight > this.#list.scrollTop) high = middle
      else low = middle + 1
    }
    return lines[low]
  }

  #space() {
    const { from, to } = this
    const { first, last } = this.extent
    const [top, bottom] = this.#edges()
    const height = from ? (bottom - top) / (to - from + 1) : 0
    this.#setSpace(Math.max(0, from - first) * height, from ? Math.max(0, last - to) * height : 0)
  }

  #setSpace(above, below) {
    this.#list.style.setProperty('--above', `${Math.min(MOST_PX, above)}px`)
    this.#list.style.setProperty('--below', `${Math.min(MOST_PX, below)}px`)
  }
}
