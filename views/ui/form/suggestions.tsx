import { attr } from '../html.ts'

/** The inside of a `<datalist>`. */
export const suggestionList = (texts: readonly string[]): string => texts.map((text) => <option value={attr(text)}></option>).join('')
