import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { classifyRedirectUri } from '../clients/redirect-uri.ts';
import { findStandingConsent } from './find-standing-consent.ts';
import { describeConsent, type Granted, type Granting, keepEvidence } from './save-consent.ts';

/**
 * Lets what is in force go on for another session of the same client: nothing is widened, nothing ends. Throws
 * `token.consent_not_open` when it is not in force any more.
 */
export async function repeatConsent(
  context: Context,
  tx: Transaction,
  granting: Granting,
  delegationId: string,
): Promise<Granted> {
  const { person, request } = granting;
  const standing = await findStandingConsent(context, tx, person.person, request.request);
  if (standing?.delegationId !== delegationId) throw new AppError('token.consent_not_open');
  const record = context.platform.newId('rec');
  const at = context.platform.now();
  tx.record({
    ...{ id: record, kind: 'token.consent_repeated', at, causes: [standing.record] },
    ...{ agent: standing.agentId, person: person.person, chain: [delegationId] },
    body: { by: person.person, consent: describeConsent(granting) },
  });
  await keepEvidence(tx, granting, { delegationId, record, at });
  if (classifyRedirectUri(request.request.redirectUri) === 'https') {
    // Where nobody can pose as the client, it may be answered without a page from now on.
    await tx.sql
      .updateTable('client_consents')
      .set({ redirect_uri: request.request.redirectUri })
      .where('delegation_id', '=', delegationId)
      .execute();
  }
  return { agentId: standing.agentId, delegationId, cause: record };
}
