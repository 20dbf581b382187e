import { accessOf } from './support/access.ts'

accessOf('long')
