import type { Children, PropsWithChildren } from '@kitajs/html'
import type { Tone } from './badge.tsx'
import { domId } from './dom-id.ts'
import { attr } from './html.ts'
import { NewRows } from './new-rows.tsx'

/** The keys of a row's link: those that move to it, and the one that opens it. */
const ROW_KEYS = 'j,k,Enter'

export interface Heading {
  /** The class of its cells is `cell-<name>`; the stylesheet declares the width. */
  name: string
  title: string
  /** Numbers and times are aligned at the end. */
  isNumber?: boolean
}

/** A column with the content of its cells. */
export interface Column<Item> extends Heading {
  cell(item: Item): JSX.Element
  /** The tooltip. */
  hint?(item: Item): string
  tone?(item: Item): string | undefined
  /** Shown beside the value where a row is several lines. */
  label?: string
  /** Text of unknown direction, truncated at its own end. */
  dir?: 'auto'
}

interface TableProps {
  /** The panel's name. */
  name: string
  /** The accessible name, with the order of the rows. */
  label: string
  columns: readonly Heading[]
  /** The bar that replaces the header while rows are selected; with it, every row has a checkbox. */
  bar?: JSX.Element
  /** Every row has a menu of actions. */
  acts?: boolean
  /** The panel takes `limit` up to this: older rows are then added below in place. */
  most?: number
  children?: Children
}

/**
 * Fixed columns, a sticky header and a place for new rows. Its rows are `Row`s, newest first, with ids that end in the
 * number that orders them.
 */
export function Table({ name, label, columns, bar, acts, most, children }: TableProps): JSX.Element {
  return (
    <div class="table-frame" id={`${name}-table`} data-most={most}>
      {(bar ?? '') as 'safe'}
      <NewRows />
      <PlainTable name={name} label={label} columns={columns} first={bar && <CheckAll />} last={acts && <Actions />} isList>
        {children}
      </PlainTable>
    </div>
  )
}

interface PlainTableProps {
  name: string
  /** The accessible name. */
  label: string
  columns: readonly Heading[]
  /** Headers before and after those of the columns. */
  first?: JSX.Element | undefined
  last?: JSX.Element | false | undefined
  /** Its rows change live, but not under the viewer. */
  isList?: boolean
  /** On a phone, a row is several lines, laid out by its slice; always so for a list. */
  stacks?: boolean
  children?: Children
}

/** A static table. In a `table-frame` its header is sticky. */
export function PlainTable({ name, label, columns, first, last, isList = false, stacks = isList, children }: PlainTableProps): JSX.Element {
  return (
    <table class={`table ${name}-table`} data-rows={isList} data-stacks={stacks}>
      <caption class="visually-hidden" safe>
        {label}
      </caption>
      <thead>
        <tr>
          {(first ?? '') as 'safe'}
          {columns.map(({ name, title, isNumber }) => (
            <th scope="col" class={classOf(name, isNumber)} safe>
              {title}
            </th>
          ))}
          {(last || '') as 'safe'}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

function CheckAll(): JSX.Element {
  return (
    <th scope="col" class="cell-check">
      <label class="check">
        <input type="checkbox" data-select-all autocomplete="off" aria-label="Select all on this page" />
      </label>
    </th>
  )
}

const Actions = (): JSX.Element => (
  <th scope="col" class="cell-actions">
    <span class="visually-hidden">Actions</span>
  </th>
)

interface RowProps {
  /** `task` for `t_9`. */
  noun: string
  id: string
  tone: Tone
  /** Its checkbox, with the form that it belongs to. */
  check?: { form: string; of: string } | undefined
  actions?: JSX.Element | undefined
}

export function Row({ noun, id, tone, check, actions, children }: PropsWithChildren<RowProps>): JSX.Element {
  return (
    <tr id={domId(noun, id)} data-id={id} data-tone={tone}>
      {check ? (
        <td class="cell-check">
          <label class="check">
            <input type="checkbox" name="id" value={id} form={check.form} autocomplete="off" aria-label={`Select ${attr(check.of)}`} data-key="x" />
          </label>
        </td>
      ) : (
        ''
      )}
      {children}
      {actions ? <td class="cell-actions">{actions as 'safe'}</td> : ''}
    </tr>
  )
}

/** The cells of a row. htmx ignores them, as they hold foreign text. */
export function Cells<Item>({ columns, of: item }: { columns: readonly Column<Item>[]; of: Item }): JSX.Element {
  return (
    <>
      {columns.map(({ name, isNumber, cell, hint, tone, label, dir }) => (
        <td class={classOf(name, isNumber)} title={hint && attr(hint(item))} data-tone={tone?.(item)} data-label={label} dir={dir} hx-disable>
          {cell(item)}
        </td>
      ))}
    </>
  )
}

interface RowTitleProps {
  href: string
  title: string
  more?: string | undefined
  /** A phone shows `more` as well, as it is why the row is there. */
  stays?: boolean
}

/** The title of a row. Its link covers the row, so that a middle click works anywhere on it. */
export function RowTitle({ href, title, more, stays, children }: PropsWithChildren<RowTitleProps>): JSX.Element {
  return (
    <>
      <a class="row-link" href={href} title={attr(title)} dir="auto" data-key={ROW_KEYS} safe>
        {title}
      </a>
      {more ? (
        <code class="row-more" dir="ltr" data-stays={stays} safe>
          {more}
        </code>
      ) : (
        ''
      )}
      {children}
    </>
  )
}

const classOf = (name: string, isNumber = false) => `cell-${name}${isNumber ? ' number' : ''}`

export const None = (): JSX.Element => <span class="none">–</span>
