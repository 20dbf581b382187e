/** Control characters, line separators, and characters that change the direction of text. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** Escapes text so that it cannot forge a log line or control the terminal. JSON stays valid. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Indents all lines but the first, so that none can pass for a log entry of its own. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n    ')
