export const taskList = (d: any, _q: any, _v: any): string => `<ul>${d.items.map((t: any) => `<li id="task-row-${t.id}">${t.title} ${t.state}</li>`).join('')}</ul>`
export const taskHead = (_q: any, _queues: any, _v: any): string => ''
export const taskForm = (p: any): string => `<form id="task-form">${p.message ?? ''}</form>`
export const taskDetail = (d: any, _v: any): string => `<h1>${d.task.title}</h1><p>${d.task.state}</p>`
export const taskLog = (p: any): string => `<log-view>${p.html}</log-view>`
export const confirmPage = (p: any): string => `<p>${p.count}</p>`
export const logLines = (l: any[]): string => l.map((x) => `<li id="L${x.number}">${x.html}</li>`).join('')
