// The scripts of a task's page.
import './elements/log/log-attempt.js'
import './elements/log/log-copy.js'
import './elements/log/log-find.js'
import './elements/log/log-times.js'
import './elements/log/log-view.js'
import './elements/run-strip.js'
import './elements/run-tabs.js'
