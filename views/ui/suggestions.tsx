import { attr, html } from './html.ts'

/** The inside of a `<datalist>`. */
export function suggestionList(texts: readonly string[]): string {
  return html(
    <>
      {texts.map((text) => (
        <option value={attr(text)}></option>
      ))}
    </>,
  )
}
