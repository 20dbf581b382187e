/** How a form makes a task: as it is, and in place where there is script. */
export const SEND = { method: 'post', action: '/api/tasks', 'hx-post': '/api/tasks', 'hx-target': '#task-form', 'hx-swap': 'outerHTML settle:0ms' } as const
