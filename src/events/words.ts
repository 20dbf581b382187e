/** The events of one window of the live log, and the most that a page shows. */
export const WINDOW_SIZE = 50
export const MOST_ROWS = 200
