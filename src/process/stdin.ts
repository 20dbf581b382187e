/** What a command reads: nothing, a pipe that people write to, or a terminal of its own. */
export const STDINS = ['none', 'open', 'pty'] as const
export type Stdin = (typeof STDINS)[number]
