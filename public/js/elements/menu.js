// A menu is a <details class="menu">. One is open at a time; a click elsewhere or Escape closes it.
const open = () => document.querySelectorAll('details.menu[open]')

document.addEventListener('click', ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false
})
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return
  for (const menu of open()) {
    menu.open = false
    menu.querySelector('summary')?.focus()
  }
})
