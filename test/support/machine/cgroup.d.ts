export function ownCgroup(): string | undefined
