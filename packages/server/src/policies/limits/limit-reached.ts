import type { LimitSubject } from '@countersign/core';
import type { CounterName } from './counter-name.ts';

const subjectWords: Readonly<Record<LimitSubject, string>> = {
  agent: 'this agent',
  task: 'the task',
  delegation: 'the delegation',
  tool: 'this tool',
  owner: "this agent's owner",
};

/** `set_aside`: calls under way may give some of it back. */
export type LimitReason = 'used_up' | 'set_aside' | 'other_currency';

/** Why nothing could be taken from a counter: for the record, which names the policy; the caller gets `describe`'s words. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  readonly counter: CounterName;
  /** Epoch milliseconds; null: never. */
  readonly resetsAt: number | null;
  readonly reason: LimitReason;

  constructor(counter: CounterName, resetsAt: number | null, reason: LimitReason = 'used_up') {
    super('a limit is reached');
    this.counter = counter;
    this.resetsAt = resetsAt;
    this.reason = reason;
  }

  /** Whether the same call may go through later. */
  get isPassing(): boolean {
    return this.reason === 'set_aside' || (this.reason === 'used_up' && this.resetsAt !== null);
  }

  /** What the caller may know: of whom and of what, and until when. */
  describe(): string {
    const { per, unit } = this.counter;
    const whose = subjectWords[per];
    if (this.reason === 'other_currency') return `only money in ${unit} is counted for ${whose}`;
    const what = unit === 'calls' || unit === 'rows' || unit === 'bytes' ? unit : `money in ${unit}`;
    if (this.reason === 'set_aside') return `all ${what} left for ${whose} are set aside for calls under way`;
    const until = this.resetsAt === null ? '' : ` until ${new Date(this.resetsAt).toISOString()}`;
    return `no ${what} left for ${whose}${until}`;
  }
}
