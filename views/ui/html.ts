/** JSX without async components is a string in Kita. */
export const html = (element: JSX.Element): string => element as string

/** A text as an attribute's value: Kita escapes its quotes only, so that a typed `&lt;` would come back as `<`. */
export const attr = (text: string): string => text.replaceAll('&', '&amp;')
