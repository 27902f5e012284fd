import type { Context } from '../context.ts';

/** Two digits the agent shows its person, to match with the page. */
export function drawMatchCode({ platform }: Pick<Context, 'platform'>): string {
  // 200 is a multiple of 100, so that every code is equally likely.
  for (;;) {
    const [byte = 0] = platform.randomBytes(1);
    if (byte < 200) return String(byte % 100).padStart(2, '0');
  }
}
