export { queueDetail } from './queues/detail.tsx'
export { queueList } from './queues/list.tsx'
