import { type RaisedRisks, type RiskLevel, worstRisk } from '@countersign/core';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';

/** What one source says of a person. */
export interface RiskNote {
  readonly personId: string;
  /**
   * `administrator`, or `<transmitter>/<kind of event>`, with the principal and a digest of the device, session or the
   * like that the event was about; each speaks for itself alone.
   */
  readonly source: string;
  readonly level: 'medium' | 'high';
  /** Epoch milliseconds; what it says counts no longer then. */
  readonly expiresAt: number;
}

/** How likely it is that a person's account is not in their own hands, in memory, so that it counts on the next call. */
export interface RiskState {
  /** The worst that any source says and that has not expired. */
  of(personId: string): RiskLevel;
  /** Those of the people whose risk is not low; undefined when there is none, which costs nothing. */
  findRaised(personIds: Iterable<string>): RaisedRisks | undefined;
  apply(note: RiskNote): void;
  /** The same, unless the source says worse already: for what is not yet durable. */
  raise(note: RiskNote): void;
  /** Without a source: all that is said of the person. */
  lift(personId: string, source?: string): void;
  /** What the source says of the person, if it has run out; what it has said anew stays. */
  expire(personId: string, source: string): void;
}

export function createRiskState(platform: Pick<Platform, 'now'>, notes: Iterable<RiskNote> = []): RiskState {
  const held = new Map<string, Map<string, RiskNote>>();
  const of = (personId: string): RiskLevel => {
    const sources = held.get(personId);
    if (sources === undefined) return 'low';
    const now = platform.now();
    return worstRisk([...sources.values()].flatMap((note) => (note.expiresAt > now ? [note.level] : [])));
  };
  const apply = (note: RiskNote): void => {
    const sources = held.get(note.personId) ?? new Map<string, RiskNote>();
    held.set(note.personId, sources.set(note.source, note));
  };
  const lift = (personId: string, source?: string): void => {
    const sources = held.get(personId);
    if (source !== undefined) sources?.delete(source);
    if (source === undefined || sources?.size === 0) held.delete(personId);
  };
  for (const note of notes) apply(note);
  return {
    of,
    findRaised(personIds) {
      if (held.size === 0) return undefined;
      const raised = new Map<string, RiskLevel>();
      for (const id of personIds) {
        const level = of(id);
        if (level !== 'low') raised.set(id, level);
      }
      return raised.size === 0 ? undefined : raised;
    },
    apply,
    raise(note) {
      const now = held.get(note.personId)?.get(note.source);
      const isWorse = now?.level === 'high' && note.level === 'medium' && now.expiresAt > platform.now();
      if (!isWorse) apply(note);
    },
    lift,
    expire(personId, source) {
      const note = held.get(personId)?.get(source);
      if (note !== undefined && note.expiresAt <= platform.now()) lift(personId, source);
    },
  };
}

/** What was said before this process began; to be done before the first call is let in. */
export async function loadRiskState(store: Pick<Store, 'sql'>, platform: Platform): Promise<RiskState> {
  const rows = await store.sql
    .selectFrom('person_risks')
    .select(['person_id', 'source', 'level', 'expires_at'])
    .where('expires_at', '>', platform.now())
    .execute();
  return createRiskState(
    platform,
    rows.map(({ person_id, source, level, expires_at }) => ({
      personId: person_id,
      ...{ source, level, expiresAt: expires_at },
    })),
  );
}
