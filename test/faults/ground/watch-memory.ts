import { readFileSync } from 'node:fs';

export interface MemoryWatch {
  /** The most the process has held in memory at once since the watch began. */
  stop(): { readonly peakBytes: number };
}

const PERIOD_MILLISECONDS = 50;

/** Looks at a process's resident memory (Linux). */
export function watchMemory(pid: number): MemoryWatch {
  let peakBytes = 0;
  const look = () => {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    peakBytes = Math.max(peakBytes, Number(kilobytes) * 1024);
  };
  look();
  const timer = setInterval(look, PERIOD_MILLISECONDS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { peakBytes };
    },
  };
}
