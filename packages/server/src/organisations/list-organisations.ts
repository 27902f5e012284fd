import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import {
  loadOrganisation,
  type Organisation,
  type OrganisationView,
  readOrganisation,
  showOrganisation,
} from './organisation.ts';

export async function listOrganisations(
  context: Pick<Context, 'store'>,
  actor: Actor,
): Promise<{ readonly items: readonly OrganisationView[] }> {
  requirePermission(actor, 'organisations.read');
  const rows = await context.store.sql.selectFrom('organisations').selectAll().orderBy('name').execute();
  return { items: await Promise.all(rows.map((row) => showCurrent(context, readOrganisation(row)))) };
}

/** Throws `organisation.not_found`. */
export async function getOrganisation(
  context: Pick<Context, 'store'>,
  actor: Actor,
  name: string,
): Promise<OrganisationView> {
  requirePermission(actor, 'organisations.read');
  return showCurrent(context, await loadOrganisation(context.store.sql, name));
}

export async function showCurrent(
  { store }: Pick<Context, 'store'>,
  organisation: Organisation,
): Promise<OrganisationView> {
  const { open } = await store.sql
    .selectFrom('organisation_tasks')
    .innerJoin('tasks', 'tasks.id', 'organisation_tasks.task_id')
    .select(({ fn }) => fn.countAll<number>().as('open'))
    .where('organisation_tasks.organisation_id', '=', organisation.id)
    .where('tasks.ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return showOrganisation(organisation, Number(open));
}
