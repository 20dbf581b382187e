const UNPRINTABLE = /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu

/** One line for a terminal or a log: control characters, line separators and bidirectional controls as `\\u{1b}`. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
