import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, as base64url. */
export const newSecret = () => randomBytes(32).toString('base64url')

/** Secrets are random and long, so a plain hash is enough (ASVS 6.5.2). */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
