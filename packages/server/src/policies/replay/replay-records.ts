import { setImmediate } from 'node:timers/promises';
import { readBackwards, type StoredRecord } from '../../ledger/index.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { judge } from './judge.ts';
import { type ReplayContext, RequestRebuilder } from './rebuild-request.ts';
import { type Effect, readEffect } from './recorded-decision.ts';
import { Tally } from './tally.ts';

export interface ReplayTask {
  /** Epoch milliseconds. */
  readonly from: number;
  /** Where an earlier answer said to go on; absent: from the newest record on. */
  readonly before?: string;
  readonly seconds: number;
  /** What the candidates are compared with: what was recorded, or what this bundle says of the same requests. */
  readonly against: 'recorded' | LiveBundle;
  readonly candidates: readonly LiveBundle[];
}

export interface Replayed {
  /** One for each candidate. */
  readonly tallies: readonly Tally[];
  readonly decisions: number;
  /** Refused for what was delegated, whatever policy says. */
  readonly byLimits: number;
  /** Decisions that no candidate could be asked about, by reason. */
  readonly notRebuilt: Readonly<Record<string, number>>;
  /** Where to go on, when there was no time for all; null when everything was read. */
  readonly next: string | null;
  /** The oldest record that was looked at, epoch milliseconds. */
  readonly reachedAt: number;
}

/** Decisions whose intent was not read yet: they stand side by side in the ledger. */
const MOST_WAITING = 5_000;
const INTENT_LEAD_MS = 60_000;
const MOST_PAGES_OVERDUE = 3;
/** Calls are served in between. */
const TURN_MS = 4;

/** Asks the candidates about every decision that was recorded, newest first, within the time. Changes and records nothing. */
export async function replayRecords(context: ReplayContext, task: ReplayTask): Promise<Replayed> {
  const { now } = context.platform;
  const replay = new Replay(context, task);
  const started = now();
  let reachedAt = started;
  let next: string | null = null;
  const { from, before } = task;
  const kinds = ['action.decision', 'action.intent'] as const;
  // The intent of the first decision may be a little older.
  const range = { kinds, from: from - INTENT_LEAD_MS, ...(before === undefined ? {} : { before }) };
  let overdue = 0;
  for await (const { items, next: left } of readBackwards(context.store, range)) {
    let turn = now();
    for (const record of items) {
      await replay.take(record);
      if (now() - turn < TURN_MS) continue;
      await setImmediate();
      turn = now();
    }
    reachedAt = items.at(-1)?.at ?? reachedAt;
    if (now() - started < task.seconds * 1000) continue;
    // Between a decision and its intent there is no good place to go on from.
    overdue += 1;
    if (replay.isSettled || overdue > MOST_PAGES_OVERDUE) {
      next = left;
      break;
    }
  }
  return { ...replay.read(), next, reachedAt: next === null ? from : reachedAt };
}

class Replay {
  readonly #context: ReplayContext;
  readonly #task: ReplayTask;
  readonly #rebuilder: RequestRebuilder;
  readonly #waiting = new Map<string, StoredRecord>();
  readonly #tallies: readonly Tally[];
  readonly #notRebuilt = new Map<string, number>();
  #decisions = 0;
  #byLimits = 0;

  constructor(context: ReplayContext, task: ReplayTask) {
    this.#context = context;
    this.#task = task;
    this.#rebuilder = new RequestRebuilder(context);
    this.#tallies = task.candidates.map(() => new Tally());
  }

  get isSettled(): boolean {
    return this.#waiting.size === 0;
  }

  async take(record: StoredRecord): Promise<void> {
    // What a drill tried says nothing of how real work goes, and its agents are gone.
    if (record.drill !== undefined) return;
    if (record.kind === 'action.decision') {
      if (record.at < this.#task.from) return;
      this.#decisions += 1;
      const [intent] = record.causes;
      if (intent === undefined || this.#waiting.size >= MOST_WAITING) this.#miss('unreadable');
      else this.#waiting.set(intent, record);
      return;
    }
    const decision = this.#waiting.get(record.id);
    if (decision === undefined) return;
    this.#waiting.delete(record.id);
    await this.#compare(decision, record);
  }

  read(): Pick<Replayed, 'tallies' | 'decisions' | 'byLimits' | 'notRebuilt'> {
    for (const _ of this.#waiting) this.#miss('unreadable');
    this.#waiting.clear();
    return {
      tallies: this.#tallies,
      decisions: this.#decisions,
      byLimits: this.#byLimits,
      notRebuilt: Object.fromEntries(this.#notRebuilt),
    };
  }

  async #compare(decision: StoredRecord, intent: StoredRecord): Promise<void> {
    const rebuilt = await this.#rebuilder.rebuild({ decision, intent });
    if (!rebuilt.ok) return this.#miss(rebuilt.reason);
    const { request, body } = rebuilt;
    if (body.decidedBy === 'limits') {
      this.#byLimits += 1;
      return;
    }
    const { against, candidates } = this.#task;
    const { config } = this.#context;
    let was: Effect = readEffect(body);
    if (against !== 'recorded') {
      const base = judge(config, against, request);
      if (!base.ok) return this.#miss(`unknown: ${base.unknown}`);
      was = base.effect;
    }
    const at = {
      agent: request.agent.id,
      tool: `${request.upstream}/${request.tool?.name ?? `@${request.operation}`}`,
      record: decision.id,
    };
    candidates.forEach((candidate, index) => {
      const judged = judge(config, candidate, request);
      if (judged.ok) this.#tallies[index]?.add(at, was, judged.effect);
      // Asked about several candidates, a decision counts as missed once for each.
      else this.#miss(`unknown: ${judged.unknown}`);
    });
  }

  #miss(reason: string): void {
    this.#notRebuilt.set(reason, (this.#notRebuilt.get(reason) ?? 0) + 1);
  }
}
