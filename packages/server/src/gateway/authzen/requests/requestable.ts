import type { JsonObject } from '@countersign/core';
import type { Asker } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import { writeTime } from '../answer.ts';
import { accessRequestEndpoint } from '../endpoints.ts';
import type { Question } from '../question.ts';
import { bindQuestion, seal } from './binding.ts';
import type { Presented } from './presented-approval.ts';

const requestableSeconds = 600;

/** `context.access_request`: where to ask a person, until when, and the proof of what was denied. */
export async function describeRequestable(
  context: Context,
  asker: Asker,
  question: Question,
  denied: { readonly evaluationId: string; readonly actionId: string; readonly notAfter: number },
): Promise<JsonObject> {
  const now = Math.floor(context.platform.now() / 1000);
  const exp = Math.min(now + requestableSeconds, Math.floor(denied.notAfter / 1000));
  const binding_token = await seal(context, 'authzen-denial+jwt', {
    ...{ iat: now, exp, jti: denied.evaluationId, evaluation_id: denied.evaluationId },
    ...{ action: denied.actionId, client: asker.point.id, denial_expires_at: writeTime(exp * 1000) },
    ...bindQuestion(question),
  });
  const endpoint = accessRequestEndpoint(context.tokens.issuer);
  return { endpoint, expires_at: writeTime(exp * 1000), binding_token };
}

/** Why a person is needed, still or again, and what to do about it, in the profile's words. */
export function explainStepUp(presented: Presented | null): {
  readonly reason: string;
  readonly next_action: 'request' | 'none' | null;
} {
  switch (presented?.kind) {
    case undefined:
      return { reason: 'approval_required', next_action: null };
    case 'applies':
    case 'expired':
      return { reason: 'approval_expired', next_action: 'request' };
    case 'out_of_scope':
      return { reason: 'out_of_scope', next_action: 'request' };
    case 'unverifiable':
      return { reason: 'approval_unverifiable', next_action: 'none' };
  }
}
