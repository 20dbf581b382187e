/** The page's own elements; each works as plain markup where its script is missing. */
declare namespace JSX {
  interface IntrinsicElements {
    'copy-button': HtmlTag
    'log-view': HtmlTag
    'selection-bar': HtmlTag
    'theme-switch': HtmlTag
  }
}
