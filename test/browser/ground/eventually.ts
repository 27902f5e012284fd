import { expect } from 'vitest';

const patienceMilliseconds = 15_000;

/** What a page shows soon: in a moment on an idle machine, later on one that runs other tests as well. */
export function eventually<T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: patienceMilliseconds });
}
