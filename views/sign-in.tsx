export const signInPage = (p: any): string => `<h1>Sign in</h1><p>${p.problem ?? ''}</p>`
