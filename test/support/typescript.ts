/** The flags with which a process of its own loads one of our TypeScript files. */
export const TYPESCRIPT = ['--import', new URL('../../src/typescript.js', import.meta.url).href]
