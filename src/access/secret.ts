import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, base64url: a session, a token or a one-use code. */
export const newSecret = () => randomBytes(32).toString('base64url')

/** What is stored of a secret. It is random and long, so a plain hash is enough (ASVS 6.5.2). */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
