import type { Context } from '../../context.ts';
import { findWindows, type ReadWindow, windowMs } from './read-windows.ts';
import { isOpen, tellWindow } from './record-read.ts';

const pauseMs = 30_000;

/**
 * Tells of windows that are over how often they were read again. A reader who goes on stays in the next window, so a
 * page that asks all the time is told of every five minutes; nobody else's window is kept. Returns when to come again.
 */
export async function tellRepeats(
  context: Pick<Context, 'platform' | 'store'>,
  { isLast = false }: { readonly isLast?: boolean } = {},
): Promise<number> {
  const windows = findWindows(context.store);
  const now = context.platform.now();
  for (const [key, window] of windows) {
    if (!isLast && isOpen(window, now)) continue;
    if (window.repeats === 0) windows.delete(key);
    else await tell(context, window, now);
  }
  return now + Math.min(pauseMs, windowMs);
}

async function tell(
  context: Pick<Context, 'platform' | 'store'>,
  window: ReadWindow,
  now: number,
): Promise<void> {
  const { repeats, shown } = window;
  const records = tellWindow(context, window);
  try {
    await context.store.append(records);
    window.startedAt = now;
  } catch (error) {
    // Counted again, so that what could not be written now is told next time.
    window.repeats += repeats;
    window.shown = shown;
    throw error;
  }
}
