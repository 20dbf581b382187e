// The scripts of a task's page.
import './elements/task/answer-box.js'
import './elements/log/log-attempt.js'
import './elements/log/log-copy.js'
import './elements/log/log-find.js'
import './elements/log/log-times.js'
import './elements/log/log-view.js'
import './elements/task/run-strip.js'
import './elements/task/run-tabs.js'
