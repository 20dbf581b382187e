import { Button, ButtonLink } from '../../ui/form/button.tsx'
import { Copy } from '../../ui/form/copy.tsx'
import { Checkbox, FormProblem, Input, Select, TextArea } from '../../ui/form/field.tsx'
import { Menu } from '../../ui/form/menu.tsx'

const OPTIONS = [
  { value: 'medium', label: 'medium' },
  { value: 'high', label: 'high' },
]

export function Buttons(): JSX.Element {
  return (
    <>
      <div class="specimen-row">
        <Button type="button" label="New task" icon="plus" look="primary" />
        <Button type="button" label="Retry" icon="retrying" />
        <ButtonLink label="A link" href="#design-buttons" />
        <Button type="button" label="Plain" look="plain" />
        <Button type="button" label="Delete…" icon="trash" look="danger" />
        <Menu id="design-menu" label="Actions of this specimen">
          <Button type="button" label="Retry" icon="retrying" look="plain" />
          <Button type="button" label="Delete" icon="trash" look="danger" />
        </Menu>
        <Copy text="t_1284" label="Copy the id" />
      </div>
      <div class="specimen-row">
        <span class="chip">
          <span class="chip-name">state</span>
          <bdi>failed</bdi>
        </span>
        {(['grey', 'blue', 'teal', 'amber', 'red', 'magenta'] as const).map((colour) => (
          <span class="environment" data-colour={colour}>
            {colour}
          </span>
        ))}
        {[
          ['live', 'Live'],
          ['paused', 'Paused (14 new)'],
          ['reconnecting', 'Reconnecting'],
          ['offline', 'Offline since 12:04:07'],
        ].map(([state, word]) => (
          <span class="freshness" data-state={state}>
            <span class="freshness-dot" aria-hidden="true"></span>
            <span>{word as 'safe'}</span>
          </span>
        ))}
      </div>
    </>
  )
}

export function Fields(): JSX.Element {
  const message = 'Two fields are invalid.'
  const form = { values: { title: 'Rebuild the index', queue: 'no such/queue', urgency: 'high', description: 'Nightly.', retry: 'on' } }
  const field = { form, of: 'design' }
  const refused = { form: { ...form, message }, of: 'design' }
  return (
    <div class="form">
      <FormProblem {...refused} />
      <div class="form-fields">
        <Input {...field} name="title" label="Title" help="What a person would call it." />
        <Input {...field} name="empty" label="Command" placeholder="make all" mono />
        <Select {...field} name="urgency" label="Urgency" options={OPTIONS} />
        <div class="field">
          <label for="design-queue">Queue</label>
          <input id="design-queue" name="queue" value="no such/queue" aria-invalid="true" aria-describedby="design-queue-problem" autocomplete="off" />
          <p class="field-problem" id="design-queue-problem">
            A queue name has only letters, digits and dashes.
          </p>
        </div>
        <TextArea {...field} name="description" label="Description" rows={2} wide />
        <Checkbox {...field} name="retry" label="Retry when the worker is lost" />
      </div>
    </div>
  )
}
