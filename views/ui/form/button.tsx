import { Icon, type IconName } from '../icon.tsx'

interface ButtonProps {
  label: string
  icon?: IconName
  /** 'primary' is the main action, 'danger' cannot be undone, 'plain' has no box. */
  look?: 'primary' | 'danger' | 'plain'
  name?: string
  value?: string
  form?: string
  type?: 'submit' | 'button'
  id?: string
  shortcut?: string
}

export function Button({ label, icon, look, name, value, form, type = 'submit', id, shortcut }: ButtonProps): JSX.Element {
  return (
    <button type={type} id={id} class="button" data-look={look} name={name} value={value} form={form} data-key={shortcut}>
      {icon ? <Icon name={icon} /> : ''}
      <span safe>{label}</span>
    </button>
  )
}

/** A link that looks like a button, for an action with its own page. */
export function ButtonLink({ label, icon, look, href, opens }: Pick<ButtonProps, 'label' | 'icon' | 'look'> & { href: string; opens?: string }): JSX.Element {
  return (
    <a class="button" data-look={look} href={href} data-opens={opens}>
      {icon ? <Icon name={icon} /> : ''}
      <span safe>{label}</span>
    </a>
  )
}

export interface ActionProps extends ButtonProps {
  action: string
  /** The id of the panel that the response replaces; without it, the page follows the redirect. */
  panel?: string
  fields?: Readonly<Record<string, string>>
}

/** A form of one button; with script it works in place. */
export function Action({ action, panel, fields = {}, ...button }: ActionProps): JSX.Element {
  const inPlace = panel ? { 'hx-post': action, 'hx-target': `#${panel}`, 'hx-swap': 'morph:innerHTML settle:0ms' } : {}
  return (
    <form method="post" action={action} {...inPlace}>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button {...button} />
    </form>
  )
}
