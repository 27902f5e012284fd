import type { GrantChange } from './amend-grant.ts';
import { normaliseGrantValue } from './fits-argument.ts';
import type { GrantArgument, GrantEntry, TaskGrant } from './task-grant.ts';

export interface GrantNarrowing {
  /** Ids of entries to take away. */
  readonly remove?: readonly string[];
  /** Entries of the grant with fewer arguments, values, origins or uses. */
  readonly entries?: readonly GrantEntry[];
  /** Epoch milliseconds, not after the present end. */
  readonly expiresAt?: number;
}

/** A grant that lets through no call the one before did not; refuses a change that would. */
export function narrowGrant(grant: TaskGrant, narrowing: GrantNarrowing): GrantChange {
  const { remove = [], entries = [], expiresAt = grant.expiresAt } = narrowing;
  const before = new Map(grant.entries.map((entry) => [entry.id, entry]));
  const after = new Map(before);
  for (const entry of entries) {
    const wider = before.get(entry.id);
    if (wider === undefined) return { ok: false, code: 'unknown_entry' };
    if (!isEntryWithin(entry, wider)) return { ok: false, code: 'wider' };
    after.set(entry.id, { ...entry, source: wider.source, because: wider.because });
  }
  for (const id of remove) if (!after.delete(id)) return { ok: false, code: 'unknown_entry' };
  if (expiresAt !== null && !Number.isSafeInteger(expiresAt)) return { ok: false, code: 'wider' };
  if (grant.expiresAt !== null && (expiresAt === null || expiresAt > grant.expiresAt))
    return { ok: false, code: 'wider' };
  return { ok: true, grant: { ...grant, entries: [...after.values()], expiresAt } };
}

/** Whether an entry grants nothing that another does not. */
export function isEntryWithin(narrow: GrantEntry, wide: GrantEntry): boolean {
  if (narrow.tool !== wide.tool || !areUsesWithin(narrow.uses, wide.uses)) return false;
  if (wide.asks && !narrow.asks) return false;
  return narrow.arguments.every((argument) =>
    wide.arguments.some((other) => other.pointer === argument.pointer && isArgumentWithin(argument, other)),
  );
}

function isArgumentWithin(narrow: GrantArgument, wide: GrantArgument): boolean {
  const values = new Set(wide.values.map(normaliseGrantValue));
  return (
    narrow.role === wide.role &&
    narrow.values.every((value) => values.has(normaliseGrantValue(value))) &&
    narrow.origins.every((origin) => wide.origins.includes(origin)) &&
    wide.refused.every((origin) => narrow.refused.includes(origin)) &&
    (wide.bars === undefined || narrow.bars === wide.bars)
  );
}

function areUsesWithin(narrow: number | null, wide: number | null): boolean {
  if (narrow === null) return wide === null;
  return Number.isSafeInteger(narrow) && narrow >= 0 && (wide === null || narrow <= wide);
}
