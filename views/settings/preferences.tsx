import { Button } from '../ui/form/button.tsx'
import { Checkbox, Select } from '../ui/form/field.tsx'
import type { Viewer } from '../viewer.ts'

const OF = 'preferences'
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')].map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))

/** Stored in cookies by a plain form, so that the next page has no flash of another theme. */
export function PreferencesForm({ viewer, isKept }: { viewer: Viewer; isKept: boolean }): JSX.Element {
  const { theme, density, keys, zone } = viewer.preferences
  const values = { theme, density, keys: keys === 'on' ? 'on' : '', zone: zone ?? '' }
  const field = { form: { values }, of: OF }
  return (
    <form class="form settings-form" method="post" action="/settings/preferences">
      <p class="muted">How this browser shows Telltale. Only you are affected.</p>
      <div class="form-fields">
        <Select
          {...field}
          name="theme"
          label="Theme"
          options={[
            { value: 'system', label: 'Same as system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <Select
          {...field}
          name="density"
          label="Density"
          help="How tall the rows of a list are."
          options={[
            { value: 'compact', label: 'Compact' },
            { value: 'comfortable', label: 'Comfortable' },
          ]}
        />
        <Select
          {...field}
          name="zone"
          label="Time zone"
          help={`Times are shown in ${viewer.zone}.`}
          options={[{ value: '', label: 'Same as browser' }, ...ZONES]}
        />
      </div>
      <Checkbox {...field} name="keys" label="Single-key shortcuts" help="For example, / to search and j, k to move. Off while you type." />
      <p class="form-actions">
        <Button label="Save" look="primary" />
        {isKept ? (
          <span class="settings-kept" role="status">
            Saved in this browser.
          </span>
        ) : (
          ''
        )}
      </p>
    </form>
  )
}
