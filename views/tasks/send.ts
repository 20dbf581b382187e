/** Attributes of a form that creates a task, with or without script. */
export const SEND = { method: 'post', action: '/api/tasks', 'hx-post': '/api/tasks', 'hx-target': '#task-form', 'hx-swap': 'outerHTML settle:0ms' } as const
