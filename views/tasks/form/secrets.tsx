import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'

/** A variable whose value is a secret. */
interface Chosen {
  variable: string
  secret: string
}

const LINE = /^([^=]*)=secret:(.*)$/
/** Rows beside those in use; the stylesheet shows one empty row at a time. */
const SPARE = 4

/** What a form sends as lines NAME=value: plain ones, and those that name a secret. */
export function splitEnvironment(text: string): { lines: string; chosen: Chosen[] } {
  const all = text.split('\n')
  const chosen = all.flatMap((line) => {
    const [, variable, secret] = LINE.exec(line.trim()) ?? []
    return variable === undefined || secret === undefined ? [] : [{ variable, secret }]
  })
  return { lines: all.filter((line) => !LINE.test(line.trim())).join('\n'), chosen }
}

/** A secret is chosen by its name, and becomes a variable of that name or another. */
export function Secrets({ of, secrets, chosen }: { of: string; secrets: readonly string[]; chosen: readonly Chosen[] }): JSX.Element {
  if (secrets.length + chosen.length === 0) return <p class="field-help field-wide">Secrets that are set in Settings can be chosen here.</p>
  const rows = [...chosen, ...Array.from({ length: SPARE }, () => ({ variable: '', secret: '' }))]
  return (
    <fieldset class="field field-wide secret-rows" aria-describedby={`${of}-secrets-help`}>
      <legend>Secrets</legend>
      {rows.map(({ variable, secret }, i) => (
        <div class="secret-row">
          <Icon name="lock" />
          <select name={`secret_${i + 1}`} aria-label="Secret">
            <option value="">Add a secret</option>
            {[...new Set([...secrets, ...(secret ? [secret] : [])])].map((name) => (
              <option value={attr(name)} selected={name === secret} safe>
                {name}
              </option>
            ))}
          </select>
          <input
            type="text"
            name={`secret_${i + 1}_as`}
            value={attr(variable)}
            class="mono"
            aria-label="As variable"
            placeholder="As a variable of that name"
            autocomplete="off"
            spellcheck="false"
          />
        </div>
      ))}
      <p class="field-help" id={`${of}-secrets-help`}>
        Secrets reach the process only. They are masked in its output.
      </p>
    </fieldset>
  )
}
