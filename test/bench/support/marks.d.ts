export function watchMarks(): void
export function isLive(): boolean
export function timeOf(mark: string): number | undefined
