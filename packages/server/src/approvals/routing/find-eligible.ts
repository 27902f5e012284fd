import {
  findCapacities,
  isQuiet,
  listApprovers,
  matchesSelector,
  type PersonSelector,
  type Requirement,
  type Vote,
  type Voter,
} from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { isApprover, loadRoster, type Roster } from './load-roster.ts';

/** Somebody who may give the approval that is asked for. */
export interface EligiblePerson {
  readonly personId: string;
  readonly name: string;
  /** The selector that names them. */
  readonly via: string;
  readonly isOnCall: boolean;
  /** Whose duty they carry; null when they are asked in their own right. */
  readonly forPersonId: string | null;
  /** Not to be told now, unless nobody else can be. */
  readonly isQuiet: boolean;
}

export interface Asking {
  readonly requirement: Requirement;
  readonly ownerId: string;
  readonly requesterId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Who has voted is asked no more. */
  readonly votes?: readonly Vote[];
  /** Seconds since the request, as the escalation counts them; 0 when absent. */
  readonly elapsedSeconds?: number;
}

/**
 * Everybody who may approve at that moment: active, with a passkey that counts, allowed to decide, named and not excluded. Those on
 * call first, then by name. Who is asked by an escalation or is on call is never quiet.
 */
export function findEligible(
  { store }: Pick<Context, 'store'>,
  asking: Asking,
): Promise<readonly EligiblePerson[]> {
  return findEligibleIn(store.sql, asking);
}

/** The same within a transaction. */
export async function findEligibleIn(
  sql: Kysely<Schema>,
  asking: Asking,
): Promise<readonly EligiblePerson[]> {
  const rows = await sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('passkeys')
          .select('label')
          .whereRef('passkeys.person_id', '=', 'people.id')
          // One that nobody confirmed, or that cools down after a recovery, could not sign.
          .where('counts_from', '<=', asking.at),
      ),
    )
    .execute();
  const roster = await loadRoster(sql);
  const voted = new Set((asking.votes ?? []).map((vote) => vote.voter.person));
  const found = rows
    .filter((row) => isApprover(row) && !voted.has(row.id))
    .flatMap((row) => {
      const voter = roster.read(row, asking, asking.at);
      return describe(asking, voter, row.display_name, roster) ?? [];
    });
  return found.sort(
    (a, b) => Number(b.isOnCall) - Number(a.isOnCall) || a.name.localeCompare(b.name, 'en') || 0,
  );
}

function describe(
  { requirement, at, elapsedSeconds = 0 }: Asking,
  voter: Voter,
  name: string,
  roster: Roster,
): EligiblePerson | undefined {
  const capacities = findCapacities(requirement, voter, elapsedSeconds);
  if (capacities === undefined) return undefined;
  const [duty] = capacities.duties;
  const asked = capacities.own ? voter : (duty?.giver ?? voter);
  const approvers = listApprovers(requirement, elapsedSeconds);
  const names = (selector: PersonSelector): boolean => matchesSelector(selector, asked);
  const via =
    approvers.find((selector) => selector.startsWith('oncall:') && names(selector)) ??
    approvers.find(names) ??
    '';
  const isOnCall = via.startsWith('oncall:');
  const quiet = roster.quietHours(voter.person);
  const isEscalated = !requirement.approvers.some(names);
  return {
    personId: voter.person,
    name,
    via,
    isOnCall,
    forPersonId: capacities.own ? null : (duty?.giver.person ?? null),
    isQuiet: quiet !== undefined && !isOnCall && !isEscalated && isQuiet(quiet, at),
  };
}
