import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';

export type Change = 'newlyAllowed' | 'newlyDenied' | 'newlyAsking';

export interface TallyRow {
  readonly agent: string;
  readonly tool: string;
  readonly newlyAllowed: number;
  readonly newlyDenied: number;
  readonly newlyAsking: number;
  readonly unchanged: number;
  readonly examples: Readonly<Record<Change, readonly string[]>>;
}

/** What other policies would have made of what was recorded. */
export interface Tally {
  readonly newlyAllowed: number;
  readonly newlyDenied: number;
  readonly newlyAsking: number;
  readonly unchanged: number;
  readonly rows: readonly TallyRow[];
  readonly moreRows: number;
}

/** On how many decisions something was tried, and how far back. */
export interface Tried {
  readonly decisions: number;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly isComplete: boolean;
}

export const tallyColumns: readonly Column<TallyRow>[] = [
  ['AGENT', ({ agent }) => agent],
  ['TOOL', ({ tool }) => tool],
  ['ALLOWED', ({ newlyAllowed }) => newlyAllowed],
  ['DENIED', ({ newlyDenied }) => newlyDenied],
  ['ASKING', ({ newlyAsking }) => newlyAsking],
  ['SAME', ({ unchanged }) => unchanged],
  ['EXAMPLES', ({ examples }) => Object.values(examples).flat().slice(0, 3)],
];

/** In one line, what else would be let through, and by whom. */
export function describeOpened({ newlyAllowed, newlyAsking, rows, moreRows }: Tally): string {
  if (newlyAllowed + newlyAsking === 0) return 'lets nothing else through of what was recorded';
  const named = rows
    .filter((row) => row.newlyAllowed + row.newlyAsking > 0)
    .slice(0, 5)
    .map((row) => `${row.agent} ${row.tool} (${row.newlyAllowed + row.newlyAsking})`);
  const more = rows.length + moreRows > named.length ? ', …' : '';
  return showHonestly(`newly allowed ${newlyAllowed}, asking ${newlyAsking}: ${named.join(', ')}${more}`);
}

export function describeTried({ decisions, from, isComplete }: Tried): string {
  const since = new Date(from).toISOString();
  return `tried on ${decisions} decisions since ${since}${isComplete ? '' : '; there was no time for older ones: try fewer --days'}`;
}

/** Two parts of one answer; the counts of an agent and a tool add up. */
export function addTallies<T extends Tally>(one: T, other: T): T {
  const rows = new Map(one.rows.map((row) => [JSON.stringify([row.agent, row.tool]), row]));
  for (const row of other.rows) {
    const key = JSON.stringify([row.agent, row.tool]);
    const known = rows.get(key);
    rows.set(key, known === undefined ? row : addRows(known, row));
  }
  return {
    ...other,
    ...addCounts(one, other),
    rows: [...rows.values()],
    moreRows: one.moreRows + other.moreRows,
  };
}

function addCounts(one: TallyRow | Tally, other: TallyRow | Tally) {
  return {
    newlyAllowed: one.newlyAllowed + other.newlyAllowed,
    newlyDenied: one.newlyDenied + other.newlyDenied,
    newlyAsking: one.newlyAsking + other.newlyAsking,
    unchanged: one.unchanged + other.unchanged,
  };
}

function addRows(one: TallyRow, other: TallyRow): TallyRow {
  const join = (change: Change) => [...one.examples[change], ...other.examples[change]].slice(0, 3);
  const examples = {
    newlyAllowed: join('newlyAllowed'),
    newlyDenied: join('newlyDenied'),
    newlyAsking: join('newlyAsking'),
  };
  return { ...one, ...addCounts(one, other), examples };
}
