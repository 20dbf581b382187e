/** The page's own elements; each works as plain markup where its script is missing. */
declare namespace JSX {
  interface IntrinsicElements {
    'answer-box': HtmlTag
    'command-palette': HtmlTag
    'copy-button': HtmlTag
    'key-sheet': HtmlTag
    'log-view': HtmlTag
    'run-strip': HtmlTag
    'new-rows': HtmlTag
    'side-sheet': HtmlTag
    'selection-bar': HtmlTag
    'task-progress': HtmlTag
    'theme-switch': HtmlTag
  }
}
