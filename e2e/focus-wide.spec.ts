import { focusIn } from './support/focus.ts'

focusIn({ width: 1280, height: 720 })
