/** Control characters, line and paragraph separators, and those that change the direction of text. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/**
 * Escapes text so that it can neither forge a second line in a log nor control the terminal. The escapes are JSON's, so
 * JSON stays valid.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Text of many lines, such as a stack: those after the first are indented, so that none can pass for an entry of its own. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n    ')
