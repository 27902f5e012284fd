import type { Context } from '../context.ts';
import type { Hop } from './incoming/read-assertion.ts';
import { withdrawWord } from './withdraw-word.ts';

/** What says that somebody can be believed no more (CAEP 1.0, RISC 1.0). */
const ending: ReadonlySet<string> = new Set([
  'session-revoked',
  'credential-change',
  'credential-compromise',
  'account-disabled',
  'account-purged',
  'account-credential-change-required',
  'token-claims-change',
  'sessions-revoked',
]);

/**
 * Ends what was given on the word of an organisation for somebody of it, when its own transmitter says that they are to be
 * believed no more: whatever its status lists go on saying. Can be repeated.
 */
export async function endOnEvent(
  context: Pick<Context, 'organisations' | 'platform' | 'stops' | 'store' | 'tasks'>,
  told: { readonly transmitter: string; readonly event: string; readonly iss: string; readonly sub: string },
): Promise<void> {
  const { transmitter, event, iss, sub } = told;
  if (!ending.has(event)) return;
  const organisation = context.organisations.findByIssuer(iss);
  if (organisation?.terms.transmitter !== transmitter) return;
  const rows = await context.store.sql
    .selectFrom('organisation_tasks')
    .innerJoin('tasks', 'tasks.id', 'organisation_tasks.task_id')
    .select(['organisation_tasks.task_id', 'organisation_tasks.hops'])
    .where('organisation_tasks.organisation_id', '=', organisation.id)
    .where('tasks.ended_at', 'is', null)
    .execute();
  for (const { task_id: taskId, hops } of rows) {
    const isAbout = (JSON.parse(hops) as readonly Hop[]).some((hop) => hop.iss === iss && hop.sub === sub);
    if (isAbout) await withdrawWord(context, { organisation, taskId, why: event });
  }
}
