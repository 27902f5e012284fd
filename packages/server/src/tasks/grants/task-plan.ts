import { AppError } from '@countersign/api';
import {
  type ArgumentTrace,
  deriveGrant,
  type GrantEntry,
  type GrantTool,
  MOST_GRANT_ENTRIES,
  matchGrant,
  NO_GRANT,
  type TaskGrant,
} from '@countersign/core';
import type { NotedFacts } from '../task-history.ts';
import { mostPlanBytes, type StoredPlan } from './stored-plan.ts';

/** A call as it is held against the plan. */
export interface PlannedUse {
  readonly task: string;
  readonly tool: GrantTool;
  /** Of the tool's accepted definition. */
  readonly digest: string;
  readonly traces: readonly ArgumentTrace[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface PlanMatch {
  /** `none`: nobody said what the task is to do. */
  readonly state: 'none' | 'covered' | 'differs' | 'outside';
  /** A person signed that the prompt is theirs. */
  readonly confirmed: boolean;
  /** The entry that covers the call, or the nearest one. */
  readonly entry: GrantEntry | null;
  readonly differences: readonly ArgumentTrace[];
}

/** What is kept with an entry beside what people signed. */
const spareBytesPerEntry = 256;

export const NO_PLAN: PlanMatch = { state: 'none', confirmed: false, entry: null, differences: [] };

/** The plan of a line of tasks, in memory, with what is left of entries that may be used so many times only. */
export class TaskPlan {
  readonly #line: string;
  readonly #used = new Map<string, number>();
  #stored: StoredPlan | null = null;

  /** `line`: the first task; `facts`: what was durably noted of it, uses of entries among it. */
  constructor(
    line: string,
    facts: readonly { readonly fact: string; readonly name: string; readonly times: number }[] = [],
  ) {
    this.#line = line;
    for (const { fact, name, times } of facts) if (fact === 'grant_use') this.#used.set(name, times);
  }

  get stored(): StoredPlan | null {
    return this.#stored;
  }

  /** What has just been committed; a late arrival never undoes what came after it. */
  put(stored: StoredPlan): void {
    if (this.#stored === null || stored.version > this.#stored.version) this.#stored = stored;
  }

  /** The entries that count in the task now, with the uses that are left; null where there is no plan. */
  grantOf(task: string, now: number): TaskGrant | null {
    const stored = this.#stored;
    if (stored === null) return null;
    const { grant, bounds } = stored;
    if (bounds.size === 0 && this.#used.size === 0) return grant;
    const entries = grant.entries.flatMap((entry) => {
      const bound = bounds.get(entry.id);
      if (bound !== undefined && bound.task !== null && bound.task !== task) return [];
      if (bound !== undefined && bound.expiresAt !== null && !(now < bound.expiresAt)) return [];
      return entry.uses === null ? [entry] : [{ ...entry, uses: this.#left(entry) }];
    });
    return { ...grant, entries };
  }

  /** Asked before people are, so that they sign nothing that could not be kept. */
  hasRoomFor(entries: readonly object[]): boolean {
    const grant = this.#stored?.grant ?? NO_GRANT;
    if (grant.entries.length + entries.length > MOST_GRANT_ENTRIES) return false;
    const bytes = Buffer.byteLength(JSON.stringify(grant)) + Buffer.byteLength(JSON.stringify(entries));
    return bytes <= mostPlanBytes - spareBytesPerEntry * entries.length;
  }

  match({ task, tool, digest, traces, now }: PlannedUse): PlanMatch {
    this.#derive(tool, digest);
    const grant = this.grantOf(task, now);
    if (grant === null) return NO_PLAN;
    const { state, entry = null, differences } = matchGrant(grant, { tool: tool.tool, traces }, now);
    return { state, confirmed: this.#stored?.confirmedBy != null, entry, differences };
  }

  /** Takes one of an entry's uses at once. Throws `task.plan_changed` when none is left any more. */
  use(entryId: string): NotedFacts {
    const entry = this.#stored?.grant.entries.find(({ id }) => id === entryId);
    if (entry === undefined) throw new AppError('task.plan_changed');
    if (entry.uses === null) return nothing;
    if (this.#left(entry) <= 0) throw new AppError('task.plan_changed');
    this.#used.set(entryId, (this.#used.get(entryId) ?? 0) + 1);
    return {
      effects: [{ kind: 'fact', task: this.#line, fact: 'grant_use', name: entryId }],
      settle: (wasWritten) => {
        if (!wasWritten) this.#used.set(entryId, (this.#used.get(entryId) ?? 1) - 1);
      },
    };
  }

  #left({ id, uses }: GrantEntry): number {
    return Math.max(0, (uses ?? 0) - (this.#used.get(id) ?? 0));
  }

  /** For a tool that was not there, or was another one, when the prompt was read. The same prompt gives the same entries. */
  #derive(tool: GrantTool, digest: string): void {
    const stored = this.#stored;
    if (stored === null || stored.prompt === null || stored.tools.get(tool.tool) === digest) return;
    const { grant } = stored;
    const kept = grant.entries.filter((entry) => entry.source !== 'prompt' || entry.tool !== tool.tool);
    const derived = deriveGrant({ prompt: stored.prompt, tools: [tool], expiresAt: grant.expiresAt });
    const room = Math.max(0, MOST_GRANT_ENTRIES - kept.length);
    const late = derived.entries.slice(0, room).map((entry, at) => ({
      ...entry,
      id: `late:${digest.slice(0, 12)}.${at + 1}`,
    }));
    const tools = new Map(stored.tools).set(tool.tool, digest);
    this.#stored = { ...stored, grant: { ...grant, entries: [...kept, ...late] }, tools };
  }
}

const nothing: NotedFacts = { effects: [], settle: () => undefined };
