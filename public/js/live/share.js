// A script of single pages gets these from here: a second copy would have its own connection.

import { say } from '../page/say.js'
import { source } from './source.js'

globalThis.telltale = { source, say }
