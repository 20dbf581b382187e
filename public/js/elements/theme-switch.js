// Light, dark or the system's theme, kept in a cookie so that the next page has it from the start.
const YEAR_S = 31_536_000

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.addEventListener('click', ({ target }) => target.closest('button') && this.#turn())
  }

  #turn() {
    const root = document.documentElement
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = isDark ? 'light' : 'dark'
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox and Safari of the last years.
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict`
  }
}

customElements.define('theme-switch', ThemeSwitch)
