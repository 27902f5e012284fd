import type { Store } from '../../plugins/database/database.ts';

/** What somebody read, as it is told: what was asked for, never what was found. */
export interface LedgerRead {
  /** How a record says who read. */
  readonly by: string;
  readonly person: string | undefined;
  readonly how: ReadWay;
  readonly selection: Readonly<Record<string, unknown>>;
}

export const READ_WAYS = [
  'approvals',
  'bundle',
  'evidence',
  'explain',
  'export',
  'impact',
  'queries',
  'receipt',
  'record',
  'replay',
  'search',
  'tail',
  'why',
] as const;
export type ReadWay = (typeof READ_WAYS)[number];

/** Of one reading, or of several: how many records were shown, and the lowest and highest `seq` among them. */
export interface Shown {
  readonly records: number;
  readonly lowest: number | null;
  readonly highest: number | null;
}

/** The same selection by the same reader within five minutes: told once at once, and once more how often. */
export interface ReadWindow {
  readonly read: LedgerRead;
  /** When its last record was written, epoch milliseconds. */
  startedAt: number;
  /** The first record of it; whoever comes meanwhile waits for it too. */
  told: Promise<void>;
  repeats: number;
  shown: Shown;
}

export const windowMs = 5 * 60_000;
/** Beyond it the oldest windows are told early, so that no reader can fill the memory. */
export const mostWindows = 10_000;

/** A store has one count of who reads it, whoever asks it through this process. */
const ofStores = new WeakMap<object, Map<string, ReadWindow>>();

export function findWindows(store: Pick<Store, 'append'>): Map<string, ReadWindow> {
  const known = ofStores.get(store) ?? new Map<string, ReadWindow>();
  ofStores.set(store, known);
  return known;
}

export const nothingShown: Shown = { records: 0, lowest: null, highest: null };

export function describeShown(records: readonly { readonly seq: number }[]): Shown {
  return records.reduce<Shown>(
    (shown, { seq }) => addShown(shown, { records: 1, lowest: seq, highest: seq }),
    nothingShown,
  );
}

export function addShown(one: Shown, other: Shown): Shown {
  return {
    records: one.records + other.records,
    lowest: pick(Math.min, one.lowest, other.lowest),
    highest: pick(Math.max, one.highest, other.highest),
  };
}

function pick(choose: (one: number, other: number) => number, one: number | null, other: number | null) {
  return one === null || other === null ? (one ?? other) : choose(one, other);
}
