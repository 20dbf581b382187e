export const workerList = (d: any, _q: any, _v: any): string => `<ul>${d.items.map((t: any) => `<li>${t.name} ${t.state}</li>`).join('')}</ul>`
export const workerHead = (_v: any, _f?: any): string => ''
export const workerDetail = (d: any, _v: any): string => `<h1>${d.worker.name}</h1>`
