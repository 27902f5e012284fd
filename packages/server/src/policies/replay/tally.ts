import { z } from 'zod';
import type { Effect } from './recorded-decision.ts';

const count = z.number().int();
const examples = z.array(z.string()).describe('Some of the decision records');

export const tallyRow = z.object({
  agent: z.string(),
  tool: z.string().describe('<upstream>/<tool>, or <upstream>/@<operation>'),
  newlyAllowed: count,
  newlyDenied: count,
  newlyAsking: count,
  unchanged: count,
  examples: z.object({ newlyAllowed: examples, newlyDenied: examples, newlyAsking: examples }),
});

export const tallyAnswer = z.object({
  newlyAllowed: count,
  newlyDenied: count,
  newlyAsking: count,
  unchanged: count,
  rows: z.array(tallyRow).describe('By agent and tool, those with differences, the most first'),
  moreRows: count.describe('Pairs of agent and tool with differences that are not in the rows'),
});

export type TallyRow = z.infer<typeof tallyRow>;
export type TallyAnswer = z.infer<typeof tallyAnswer>;
export type Change = 'newlyAllowed' | 'newlyDenied' | 'newlyAsking' | 'unchanged';

const CHANGES = { allow: 'newlyAllowed', deny: 'newlyDenied', step_up: 'newlyAsking' } as const;
const MOST_PAIRS = 5_000;
const MOST_ROWS = 200;
const MOST_EXAMPLES = 3;

/** Counts what would be otherwise, by agent and tool; bounded, whatever was recorded. */
export class Tally {
  readonly #total = { newlyAllowed: 0, newlyDenied: 0, newlyAsking: 0, unchanged: 0 };
  readonly #rows = new Map<string, TallyRow>();
  #untold = 0;

  add(
    at: { readonly agent: string; readonly tool: string; readonly record: string },
    was: Effect,
    is: Effect,
  ): void {
    const change: Change = was === is ? 'unchanged' : CHANGES[is];
    this.#total[change] += 1;
    const row = this.#rowOf(at.agent, at.tool);
    if (row === undefined) {
      if (change !== 'unchanged') this.#untold += 1;
      return;
    }
    row[change] += 1;
    if (change === 'unchanged') return;
    const shown = row.examples[change];
    if (shown.length < MOST_EXAMPLES) shown.push(at.record);
  }

  get newlyAllowed(): number {
    return this.#total.newlyAllowed;
  }

  read(): TallyAnswer {
    const rows = [...this.#rows.values()]
      .filter((row) => countDifferences(row) > 0)
      .sort((a, b) => countDifferences(b) - countDifferences(a) || (a.tool < b.tool ? -1 : 1));
    const moreRows = Math.max(0, rows.length - MOST_ROWS) + this.#untold;
    return { ...this.#total, rows: rows.slice(0, MOST_ROWS), moreRows };
  }

  #rowOf(agent: string, tool: string): TallyRow | undefined {
    const key = JSON.stringify([agent, tool]);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= MOST_PAIRS) return undefined;
    const row: TallyRow = {
      ...{ agent, tool, newlyAllowed: 0, newlyDenied: 0, newlyAsking: 0, unchanged: 0 },
      examples: { newlyAllowed: [], newlyDenied: [], newlyAsking: [] },
    };
    this.#rows.set(key, row);
    return row;
  }
}

function countDifferences({ newlyAllowed, newlyDenied, newlyAsking }: TallyRow): number {
  return newlyAllowed + newlyDenied + newlyAsking;
}
