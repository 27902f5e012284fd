import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, nameActor } from '../../people/index.ts';
import {
  addShown,
  findWindows,
  type LedgerRead,
  mostWindows,
  nothingShown,
  type ReadWay,
  type ReadWindow,
  type Shown,
  windowMs,
} from './read-windows.ts';

type Recording = Pick<Context, 'platform' | 'store'>;

/**
 * Puts on record who reads what, durable when it resolves and so before they get it; throws as `Store.append` does, and
 * then they get nothing. The same selection by the same reader within five minutes is counted and told later. The
 * product itself is no reader.
 */
export async function recordRead(
  context: Recording,
  actor: Actor,
  {
    how,
    selection,
    shown = nothingShown,
  }: { readonly how: ReadWay; readonly selection: LedgerRead['selection']; readonly shown?: Shown },
): Promise<void> {
  if (actor.kind === 'system') return;
  const person = actor.kind === 'person' ? actor.person : undefined;
  const read: LedgerRead = { by: nameActor(actor), person, how, selection };
  const windows = findWindows(context.store);
  const key = JSON.stringify([read.by, how, selection]);
  const now = context.platform.now();
  const open = windows.get(key);
  if (open !== undefined && isOpen(open, now)) {
    open.repeats += 1;
    open.shown = addShown(open.shown, shown);
    return open.told;
  }
  const records = [describeRead(context, read, { reads: 1, shown })];
  if (open !== undefined) records.push(...tellWindow(context, open));
  for (const [oldest, window] of windows) {
    if (windows.size < mostWindows) break;
    windows.delete(oldest);
    records.push(...tellWindow(context, window));
  }
  const told = context.store.append(records);
  const window = { read, startedAt: now, told, repeats: 0, shown: nothingShown };
  windows.delete(key);
  windows.set(key, window);
  try {
    await told;
  } catch (error) {
    if (windows.get(key) === window) windows.delete(key);
    throw error;
  }
}

/** Tells how often it was read again since its last record, and takes note of that. */
export function tellWindow(context: Recording, window: ReadWindow): readonly LedgerRecord[] {
  const { read, repeats, shown, startedAt } = window;
  if (repeats === 0) return [];
  window.repeats = 0;
  window.shown = nothingShown;
  return [describeRead(context, read, { reads: repeats, shown, since: startedAt })];
}

/** A clock that went back ends the window: it tells at worst too much. */
export function isOpen({ startedAt }: ReadWindow, now: number): boolean {
  return startedAt <= now && now < startedAt + windowMs;
}

function describeRead(
  { platform }: Recording,
  { by, how, person, selection }: LedgerRead,
  { shown, ...times }: { readonly reads: number; readonly shown: Shown; readonly since?: number },
): LedgerRecord {
  return {
    ...{ id: platform.newId('rec'), kind: 'ledger.read', at: platform.now(), causes: [] },
    ...(person === undefined ? {} : { person }),
    body: { by, how, selection, ...times, ...shown },
  };
}
