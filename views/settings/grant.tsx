import type { PropsWithChildren } from '@kitajs/html'
import { Badge, type Status } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { Menu } from '../ui/form/menu.tsx'
import { attr } from '../ui/html.ts'

interface GrantProps {
  of: 'session' | 'token' | 'secret'
  id: string
  status: Status
  name: string
  more: string
  /** The action that ends it; false for a viewer without the right to it. */
  end: JSX.Element | false
}

/** One session, token or secret: its name, its age and its expiry, on a line. */
export function Grant({ of, id, status, name, more, end, children }: PropsWithChildren<GrantProps>): JSX.Element {
  return (
    <li class="grant" id={domId(of, id)} hx-disable>
      <Badge {...status} />
      <span class="grant-name">
        <strong dir="auto" safe>
          {name}
        </strong>
        <span class="muted" safe>
          {more}
        </span>
      </span>
      <span class="grant-facts muted">{children}</span>
      {end ? (
        <Menu id={domId(of, id, 'menu')} label={`Actions for ${attr(name)}`}>
          {end as 'safe'}
        </Menu>
      ) : (
        ''
      )}
    </li>
  )
}
