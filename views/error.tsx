export const errorPage = (p: { status: number; title: string; detail: string; requestId: string }) => `<!doctype html><h1>${p.title}</h1><p>${p.detail}</p>`
export const errorFragment = errorPage
