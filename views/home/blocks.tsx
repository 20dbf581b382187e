import type { PropsWithChildren } from '@kitajs/html'

/** A section with its title, and a link to the full list. */
export function Block({
  id,
  title,
  all,
  tone,
  children,
}: PropsWithChildren<{ id: string; title: string; all?: { href: string; title: string }; tone?: string }>) {
  return (
    <section class="block home-block" id={id} aria-labelledby={`${id}-title`} data-tone={tone}>
      <header class="block-head">
        <h2 id={`${id}-title`} safe>
          {title}
        </h2>
        {all ? (
          <a href={all.href} safe>
            {all.title}
          </a>
        ) : (
          ''
        )}
      </header>
      {children}
    </section>
  )
}
