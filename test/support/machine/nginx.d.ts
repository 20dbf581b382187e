export function nginxPath(): string | undefined
