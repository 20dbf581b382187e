import { accessOf } from './access.ts'

accessOf('long')
