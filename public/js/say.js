// A sentence for the person, in the page's toast region: it stays until it is closed, or its time is over.
;(() => {
  const SHOWN_MS = 12_000
  const MOST = 3

  /** Shows a sentence, once; with `href` and `action` it ends in a link, and then it stays. */
  function say(text, { href, action } = {}) {
    const region = document.querySelector('[data-toasts]')
    if (!region || [...region.children].some((toast) => toast.dataset.text === text)) return
    const toast = document.createElement('p')
    toast.className = 'toast'
    toast.dataset.text = text
    toast.append(text, ' ', ...(action ? [link(href, action), ' '] : []), closeButton(toast))
    region.append(toast)
    while (region.children.length > MOST) region.firstElementChild.remove()
    if (!action) setTimeout(() => toast.remove(), SHOWN_MS)
  }

  function link(href, action) {
    const element = document.createElement('a')
    element.href = href
    element.textContent = action
    return element
  }

  function closeButton(toast) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'toast-close'
    button.textContent = 'Close'
    button.addEventListener('click', () => toast.remove())
    return button
  }

  window.telltale = { ...window.telltale, say }
})()
