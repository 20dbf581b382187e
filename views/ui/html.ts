/** What a view answers: without an async component in it, Kita's JSX is the string itself. */
export const html = (element: JSX.Element): string => element as string

/** A text as an attribute's value: Kita escapes its quotes only, so that a typed `&lt;` would come back as `<`. */
export const attr = (text: string): string => text.replaceAll('&', '&amp;')
