import { canonicalJson } from '../actions/canonical-json.ts';
import type { JsonValue } from '../actions/json-value.ts';
import type { ArgumentTrace, Origin } from '../actions/provenance/index.ts';
import {
  type GrantArgument,
  type GrantEntry,
  proposeAmendment,
  type TaskGrant,
} from '../tasks/grant/index.ts';
import { arrangeRequirement, type Requirement } from './requirement.ts';

/** One of the calls that an amendment is about, with where each of its values came from. */
export interface AmendedCall {
  readonly callDigest: string;
  /** `upstream/name` */
  readonly tool: string;
  /** Exactly as the agent means to send them. */
  readonly arguments: JsonValue;
  readonly traces: readonly AmendedTrace[];
}

export interface AmendedTrace extends Omit<ArgumentTrace, 'origins'> {
  readonly origins: readonly Origin[];
}

/** What may pass afterwards without anybody being asked; `id` is the number of its call, from 1. */
export interface AmendedEntry extends Pick<GrantEntry, 'id' | 'tool' | 'arguments' | 'uses'> {
  /** Epoch milliseconds; null: as long as the task. */
  readonly expiresAt: number | null;
}

/** A change of what a task may do without asking, whole, and under which circumstances it was shown to people. */
export interface AskedAmendment {
  readonly agent: string;
  readonly agents: readonly string[];
  readonly chain: readonly string[];
  readonly task: string;
  /** What proves possession of the agent's tokens; empty when a person made the change. */
  readonly key: string;
  /** Who brought it up: a call that came, the agent beforehand, or a person. */
  readonly by: 'call' | 'agent' | 'person';
  readonly calls: readonly AmendedCall[];
  readonly entries: readonly AmendedEntry[];
  /** The person's own words: the plan is derived from them anew, unless they only confirm those that it was derived from. */
  readonly prompt: string | null;
  /** SHA-256 of the prompt, where the agent gave it already and the person says that it is theirs. */
  readonly confirms: string | null;
  readonly requirement: Requirement;
  readonly policyVersion: string;
  readonly nonce: string;
  /** Epoch milliseconds until which it can be decided. */
  readonly expiresAt: number;
}

export const MOST_AMENDED_CALLS = 32;

/** What a person makes of an amendment before signing it; never more than was asked for. */
export interface TighterAmendment {
  /** Ids of entries that are left out. */
  readonly drop?: readonly string[] | undefined;
  /** Nothing but the values of the calls at hand, texts included. */
  readonly exact?: boolean | undefined;
  /** Each call at hand once. */
  readonly once?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
}

// Keeps a change of a plan apart from one call and from authority.
const AMENDMENT_TYPE = 'countersign/plan/v1';

/** The RFC 8785 text whose SHA-256 a passkey signs when a person changes what a task may do without asking. */
export function canonicalAmendment(asked: AskedAmendment): string {
  return canonicalJson({
    agent: asked.agent,
    agents: asked.agents,
    by: asked.by,
    calls: asked.calls.map(({ callDigest, tool, arguments: args, traces }) => ({
      ...{ callDigest, tool, arguments: args },
      traces: traces.map(({ pointer, role, value, origins, worst, isContested }) => ({
        ...{ pointer, role, value, origins, worst },
        ...(isContested === undefined ? {} : { isContested }),
      })),
    })),
    chain: asked.chain,
    confirms: asked.confirms,
    entries: asked.entries.map((entry) => ({
      ...{ id: entry.id, tool: entry.tool, uses: entry.uses, expiresAt: entry.expiresAt },
      arguments: entry.arguments.map(({ pointer, role, values, origins, refused, bars }) => ({
        ...{ pointer, role, values, origins, refused },
        // The plan is read back from this text: what it left out would let more through than was shown.
        ...(bars === undefined ? {} : { bars }),
      })),
    })),
    expiresAt: asked.expiresAt,
    key: asked.key,
    nonce: asked.nonce,
    policyVersion: asked.policyVersion,
    prompt: asked.prompt,
    requirement: { ...arrangeRequirement(asked.requirement) },
    task: asked.task,
    type: AMENDMENT_TYPE,
  });
}

/** Whether every value of the call was traced: a call with more of them than are traced cannot be signed value by value. */
export function namesEveryValue({ traces }: Pick<AmendedCall, 'traces'>): boolean {
  return traces.every(({ value }) => value !== '');
}

/**
 * One entry for each call that the grant does not cover: entries of their own, so that the recipient of one call is
 * never granted with the amount of another. None for a call with values that were not traced.
 */
export function proposeEntries(
  grant: TaskGrant,
  calls: readonly AmendedCall[],
  now: number,
): readonly AmendedEntry[] {
  return calls.flatMap(({ tool, traces }, at) => {
    if (!namesEveryValue({ traces })) return [];
    const call = { tool, traces: traces.map((trace) => ({ ...trace, origins: new Set(trace.origins) })) };
    return proposeAmendment(grant, [call], now).entries.map((entry) => ({
      ...{ id: String(at + 1), tool, arguments: entry.arguments, uses: null, expiresAt: null },
    }));
  });
}

/** Undefined when nothing would be left, or when it is no narrowing: an entry that is not there, a later end. */
export function tightenAmendment(
  asked: AskedAmendment,
  { drop = [], exact = false, once = false, expiresAt }: TighterAmendment,
): AskedAmendment | undefined {
  const known = new Set(asked.entries.map(({ id }) => id));
  if (drop.some((id) => !known.has(id))) return undefined;
  if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt)) return undefined;
  const kept = asked.entries.filter(({ id }) => !drop.includes(id));
  if (kept.length === 0 && asked.entries.length > 0) return undefined;
  const entries: AmendedEntry[] = [];
  for (const entry of kept) {
    const call = asked.calls[Number(entry.id) - 1];
    if (call === undefined) return undefined;
    if (expiresAt !== undefined && entry.expiresAt !== null && expiresAt > entry.expiresAt) return undefined;
    entries.push({
      ...entry,
      arguments: exact ? listExact(call.traces) : entry.arguments,
      uses: once ? Math.min(1, entry.uses ?? 1) : entry.uses,
      expiresAt: expiresAt ?? entry.expiresAt,
    });
  }
  return { ...asked, entries };
}

function listExact(traces: readonly AmendedTrace[]): readonly GrantArgument[] {
  const byPointer = new Map<string, GrantArgument>();
  for (const { pointer, role, value } of traces) {
    const before = byPointer.get(pointer)?.values ?? [];
    const values = [...new Set([...before, value])];
    byPointer.set(pointer, { pointer, role, values, origins: [], refused: [] });
  }
  return [...byPointer.values()];
}
