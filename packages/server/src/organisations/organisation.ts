import { AppError } from '@countersign/api';
import { describe } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../plugins/database/schema.ts';
import { type OrganisationTerms, organisationTermsSchema, readCeiling } from './terms.ts';

export type OrganisationRow = Selectable<Schema['organisations']>;

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'cut_off';
  readonly terms: OrganisationTerms;
  readonly changedAt: number;
  readonly changedRecord: string;
}

export function readOrganisation(row: OrganisationRow): Organisation {
  const { id, name, state } = row;
  const terms = organisationTermsSchema.parse(JSON.parse(row.terms));
  return { id, name, state, terms, changedAt: row.changed_at, changedRecord: row.changed_record };
}

/** Throws `organisation.not_found`. */
export async function loadOrganisation(sql: Kysely<Schema>, name: string): Promise<Organisation> {
  const row = await sql.selectFrom('organisations').selectAll().where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw new AppError('organisation.not_found');
  return readOrganisation(row);
}

export const organisationAnswer = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['active', 'cut_off']),
  issuers: z.array(z.string()).readonly(),
  agents: z.array(z.string()).readonly(),
  ceiling: z.array(z.string()).readonly().describe('The most it may be granted here, in sentences'),
  terms: organisationTermsSchema.describe('As they were signed'),
  openTasks: z.number().int(),
  changedAt: z.number().int().describe('Epoch milliseconds'),
});
export type OrganisationView = z.output<typeof organisationAnswer>;

export function showOrganisation(organisation: Organisation, openTasks: number): OrganisationView {
  const { id, name, state, terms, changedAt } = organisation;
  const ceiling = describe(readCeiling(terms)).filter((sentence) => !sentence.startsWith('Ends at'));
  const issuers = terms.issuers.map(({ issuer }) => issuer);
  return { id, name, state, issuers, agents: terms.agents, ceiling, terms, openTasks, changedAt };
}
