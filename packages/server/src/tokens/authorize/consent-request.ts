import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { ConsentChoices } from './consent-choices.ts';
import { type DraftContent, readDraft } from './draft-consent.ts';

/** A request for consent that one person has open in one session. */
export interface ConsentRequest {
  readonly id: string;
  readonly personId: string;
  readonly session: string;
  readonly request: AuthorizationRequest;
  readonly choices: ConsentChoices;
  readonly draft: DraftContent;
  readonly draftText: string;
  readonly draftDigest: string;
  readonly state: ConsentRow['state'] | 'expired';
  readonly expiresAt: number;
}

export type ConsentRow = Selectable<Schema['consent_requests']>;
export type PersonActor = Actor & { readonly kind: 'person' };

export const consentLifetimeMilliseconds = 15 * 60_000;

/**
 * The person's own request. Throws `token.consent_not_open` for one that is unknown, another person's, or of another
 * session of theirs: nobody learns which.
 */
export async function loadConsentRequest(
  context: Pick<Context, 'platform'>,
  { sql }: Pick<Transaction, 'sql'>,
  actor: PersonActor,
  id: string,
): Promise<ConsentRequest> {
  const row = isId('cns', id)
    ? await sql.selectFrom('consent_requests').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined || row.person_id !== actor.person || row.session !== actor.session) {
    throw new AppError('token.consent_not_open');
  }
  return readConsentRow(row, context.platform.now());
}

/** Throws `token.consent_not_open` unless the request still waits for its answer. */
export function requireOpen(request: ConsentRequest): void {
  if (request.state !== 'open') throw new AppError('token.consent_not_open', { detail: request.state });
}

export function readConsentRow(row: ConsentRow, now: number): ConsentRequest {
  return {
    id: row.id,
    personId: row.person_id,
    session: row.session,
    request: JSON.parse(row.request) as AuthorizationRequest,
    choices: JSON.parse(row.choices) as ConsentChoices,
    draft: readDraft(row.draft),
    draftText: row.draft,
    draftDigest: row.draft_digest,
    state: row.state === 'open' && row.expires_at <= now ? 'expired' : row.state,
    expiresAt: row.expires_at,
  };
}

/** The person at the page; nobody else answers it. Throws `person.forbidden`, `person.sign_in_required`. */
export function requirePersonActor(actor: Actor | undefined): PersonActor {
  if (actor === undefined) throw new AppError('person.sign_in_required');
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  return actor;
}
