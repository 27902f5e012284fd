import { permissions, type Role } from '@countersign/api';
import {
  type Duty,
  orderOnCall,
  type QuietHours,
  type Relation,
  type Rota,
  type Voter,
} from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { readPerson } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export type PersonRow = Selectable<Schema['people']>;

/** Who owns the agent and for whom it acts. */
export interface Parties {
  readonly ownerId: string;
  readonly requesterId: string;
}

/** How people stand towards approvals: whose turn it is, and who carries whose duty. */
export interface Roster {
  /** The person as they stood at a moment towards an action, by what is known now. */
  read(row: PersonRow, parties: Parties, at: number): Voter;
  /** When the person is not told of anything; undefined when always. */
  quietHours(personId: string): QuietHours | undefined;
}

interface HeldDuty {
  readonly holderId: string;
  readonly giver: PersonRow;
  readonly names: readonly string[] | null;
  readonly from: number;
  readonly until: number;
}

/** Loads it for these people, or for everybody. A duty counts while both who share it are active approvers. */
export async function loadRoster(sql: Kysely<Schema>, personIds?: readonly string[]): Promise<Roster> {
  if (personIds?.length === 0) return readRoster([], [], new Set(), new Map());
  const rotas = (await sql.selectFrom('approval_rotas').selectAll().execute()).map(readRota);
  const members = [...new Set(rotas.flatMap(listMembers))];
  const rows =
    members.length === 0
      ? []
      : await sql.selectFrom('people').selectAll().where('id', 'in', members).execute();
  const able = new Set(rows.filter(isApprover).map((row) => row.id));
  return readRoster(rotas, await loadDuties(sql, personIds), able, await loadQuiet(sql, personIds));
}

function readRoster(
  rotas: readonly NamedRota[],
  duties: readonly HeldDuty[],
  able: ReadonlySet<string>,
  quiet: ReadonlyMap<string, QuietHours>,
): Roster {
  const readOwn = (row: PersonRow, { ownerId, requesterId }: Parties, at: number): Voter => {
    const person = readPerson(row);
    const relations: Relation[] = [];
    if (person.id === ownerId) relations.push('owner');
    if (person.id === requesterId) relations.push('requester');
    const own = rotas.filter((rota) => listMembers(rota).includes(person.id));
    // Whose turn it is and who cannot decide lets the next one in turn stand in.
    const isFirst = (rota: Rota): boolean => orderOnCall(rota, at).find((id) => able.has(id)) === person.id;
    return {
      person: person.id,
      roles: [...person.roles, ...person.groups],
      groups: person.groups,
      relations,
      ...(own.length === 0 ? {} : { rotas: own.map((rota) => rota.name) }),
      ...(own.length === 0 ? {} : { onCall: own.filter(isFirst).map((rota) => rota.name) }),
    };
  };
  return {
    quietHours: (personId) => quiet.get(personId),
    read(row, parties, at) {
      const held = duties.filter((duty) => duty.holderId === row.id && duty.from <= at && at < duty.until);
      const own = readOwn(row, parties, at);
      if (held.length === 0 || !isApprover(row)) return own;
      const carried = held.map(({ giver, names }): Duty => ({ giver: readOwn(giver, parties, at), names }));
      return { ...own, duties: carried };
    },
  };
}

export interface NamedRota extends Rota {
  readonly name: string;
}

export function readRota(row: Selectable<Schema['approval_rotas']>): NamedRota {
  return {
    name: row.name,
    people: JSON.parse(row.people),
    periodDays: row.period_days,
    startsOn: row.starts_on,
    handoverMinute: row.handover_minute,
    timeZone: row.time_zone,
    overrides: JSON.parse(row.overrides),
  };
}

function listMembers(rota: Rota): readonly string[] {
  return [...rota.people, ...rota.overrides.map((one) => one.person)];
}

/** An active person who may decide at all. */
export function isApprover(row: PersonRow): boolean {
  const deciding: readonly Role[] = permissions['approvals.decide'];
  return row.state === 'active' && readPerson(row).roles.some((role) => deciding.includes(role));
}

async function loadDuties(
  sql: Kysely<Schema>,
  personIds: readonly string[] | undefined,
): Promise<readonly HeldDuty[]> {
  const all = sql
    .selectFrom('approval_duties')
    .selectAll()
    .where('given_at', 'is not', null)
    .where('ended_at', 'is', null);
  const rows = await (personIds === undefined ? all : all.where('holder_id', 'in', personIds)).execute();
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.giver_id))];
  const people = await sql.selectFrom('people').selectAll().where('id', 'in', ids).execute();
  return rows.flatMap((row) => {
    const giver = people.find(({ id }) => id === row.giver_id);
    if (giver === undefined || !isApprover(giver)) return [];
    const names: readonly string[] | null = row.names === null ? null : JSON.parse(row.names);
    return [{ holderId: row.holder_id, giver, names, from: row.from_at, until: row.until_at }];
  });
}

async function loadQuiet(
  sql: Kysely<Schema>,
  personIds: readonly string[] | undefined,
): Promise<ReadonlyMap<string, QuietHours>> {
  const all = sql.selectFrom('quiet_hours').selectAll();
  const rows = await (personIds === undefined ? all : all.where('person_id', 'in', personIds)).execute();
  return new Map(
    rows.map((row) => [
      row.person_id,
      { fromMinute: row.from_minute, untilMinute: row.until_minute, timeZone: row.time_zone },
    ]),
  );
}
