/** Some rows of a list in keyset order: `next` is the cursor of those after them, or null at the end. */
export interface Window<Item> {
  items: readonly Item[]
  next: string | null
}
