/** What a view answers: without an async component in it, Kita's JSX is the string itself. */
export const html = (element: JSX.Element): string => element as string
