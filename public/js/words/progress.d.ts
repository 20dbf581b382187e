export function progressWords(progress: { done: number; total?: number | undefined; note?: string | undefined }): string
