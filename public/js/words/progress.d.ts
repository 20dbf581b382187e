export function progressWords(progress: { done: number; total?: number | undefined; text?: string | undefined }): string
