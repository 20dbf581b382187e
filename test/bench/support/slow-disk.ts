import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SYNC_US = 2_000

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fdatasync(int fd) { usleep(${SYNC_US}); return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd); }
int fsync(int fd) { usleep(${SYNC_US}); return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd); }
`

/** A library that makes each fsync of a process with it in LD_PRELOAD take 2 ms longer; undefined without a C compiler. */
export function slowDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  const [source, library] = [join(folder, 'slow.c'), join(folder, 'slow.so')]
  writeFileSync(source, SHIM)
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
  return status === 0 ? library : undefined
}
