import { spawnSync } from 'node:child_process'

/** True where util-linux's `script` can give a program a terminal; that of other systems takes other flags. */
export const hasScript = () => spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true
