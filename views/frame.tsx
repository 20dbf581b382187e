export const panelFrame = (p: any): string => `<section id="${p.name}" hx-get="${p.href}" hx-trigger="${p.event}" hx-swap="morph:innerHTML settle:0ms">${p.body}</section>`
