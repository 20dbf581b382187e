/** Rows of a list in keyset order; `next` is the cursor of the next ones, or null. */
export interface Window<Item> {
  items: readonly Item[]
  next: string | null
}
