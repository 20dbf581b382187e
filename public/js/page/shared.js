/** The parts of `telltale.js` that a script of single pages uses; it runs later. */
export const { source, say } = globalThis.telltale
