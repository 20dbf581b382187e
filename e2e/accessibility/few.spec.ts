import { accessOf } from './access.ts'

accessOf('few')
