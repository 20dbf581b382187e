import type { Page } from 'playwright'
import type { Dashboard } from '../support/dashboard.ts'

/** The text of the count of new rows, or null while it is hidden. */
export async function newRowsOf({ page }: Dashboard): Promise<string | null> {
  const place = page.locator('new-rows')
  return (await place.isVisible()) ? ((await place.textContent()) ?? '').trim() : null
}

/** Every layout shift, including those after an input, which the browser's score omits. */
export class Shifts {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async watch(page: Page): Promise<Shifts> {
    await page.evaluate(`
      window.shifts = []
      const note = (list) => {
        for (const { value, sources } of list.getEntries()) shifts.push({ value, sources: sources.map(({ node }) => (node?.nodeType === 1 ? node : node?.parentElement)?.outerHTML.slice(0, 120) ?? 'gone') })
      }
      window.shiftObserver = new PerformanceObserver(note)
      shiftObserver.observe({ type: 'layout-shift' })
    `)
    return new Shifts(page)
  }

  read = (): Promise<{ sum: number; sources: string[] }> =>
    this.#page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve({
      sum: shifts.reduce((sum, { value }) => sum + value, 0), sources: shifts.flatMap(({ sources }) => sources),
    }))))`)
}

/** The mutated rows and nodes of a table, without ticking times, and how long the last merge took. */
export class Touched {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async watch(page: Page): Promise<Touched> {
    await page.evaluate(`
      window.touched = { nodes: new Set(), rows: new Set(), mergeMs: 0 }
      new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target.nodeType === 1 ? target : target.parentElement
          if (element?.closest('time')) continue
          touched.nodes.add(target)
          touched.rows.add(element?.closest('tr')?.id ?? element?.outerHTML.slice(0, 80) ?? 'gone')
        }
      }).observe(document.querySelector('#tasks table'), { subtree: true, childList: true, attributes: true, characterData: true })
      let began
      document.addEventListener('htmx:beforeSwap', () => (began = performance.now()), true)
      document.addEventListener('htmx:afterSettle', () => (touched.mergeMs = performance.now() - began))
    `)
    return new Touched(page)
  }

  read = (): Promise<{ nodes: number; rows: string[]; mergeMs: number }> =>
    this.#page.evaluate('({ nodes: touched.nodes.size, rows: [...touched.rows], mergeMs: touched.mergeMs })')
}

/** How often the status of each row was highlighted, and whether it still is. */
export class Lights {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async watch(page: Page): Promise<Lights> {
    await page.evaluate(`
      window.lights = {}
      const { animate } = Element.prototype
      Element.prototype.animate = function (...how) {
        if (this.matches('.cell-status')) lights[this.closest('tr').id] = (lights[this.closest('tr').id] ?? 0) + 1
        return animate.apply(this, how)
      }
    `)
    return new Lights(page)
  }

  of = (row: string) => this.#page.evaluate<number>(`lights['${row}'] ?? 0`)
  now = (row: string) => this.#page.evaluate<number>(`document.getElementById('${row}').querySelector('.cell-status').getAnimations().length`)
}
