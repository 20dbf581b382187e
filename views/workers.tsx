export { workerDetail } from './workers/detail.tsx'
export { workerHead } from './workers/head.tsx'
export { workerList } from './workers/list.tsx'
