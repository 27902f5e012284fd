import { execFileSync } from 'node:child_process';

/** From now on the process can make no file larger than this; null gives it its room back. (Linux, util-linux.) */
export function limitFiles(pid: number, bytes: number | null): void {
  // Only the soft limit, which everybody may raise again.
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes ?? 'unlimited'}:`]);
}
