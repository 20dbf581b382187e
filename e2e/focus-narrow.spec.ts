import { focusIn } from './support/focus.ts'

focusIn({ width: 640, height: 360 })
