/** Revisions with sessions that clients are answered in, the newest first. */
export const legacyRevisions = ['2025-11-25', '2025-06-18', '2025-03-26'] as const;
export type LegacyRevision = (typeof legacyRevisions)[number];

const newest: LegacyRevision = legacyRevisions[0];

export function isLegacyRevision(value: unknown): value is LegacyRevision {
  return legacyRevisions.some((revision) => revision === value);
}

/** The one asked for, or else our newest, which the client may then take or leave (MCP 2025-11-25, Lifecycle). */
export function negotiateRevision(requested: unknown): LegacyRevision {
  return isLegacyRevision(requested) ? requested : newest;
}

/** Clients before it take an event without data for a broken message. */
export function canBePrimed(revision: LegacyRevision): boolean {
  return revision === newest;
}
