import { spawnSync } from 'node:child_process'

/** Where nginx is, also where the system's own folders are not on PATH; undefined where it is not installed. */
export const nginxPath = () => ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0)
