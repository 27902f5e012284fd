import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Asker } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import { writeTime } from '../answer.ts';
import { find, type Question } from '../question.ts';
import { isBoundTo, unseal } from './binding.ts';

/** What `context.approval` of a question is worth. Only one that applies may release anything, once. */
export type Presented =
  | { readonly kind: 'applies'; readonly approvalId: string; readonly until: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'out_of_scope' }
  | { readonly kind: 'unverifiable' };

/** Null when the question shows none. An approval is no bearer grant: it is for this caller, this question, and a time. */
export async function readApproval(
  context: Context,
  asker: Asker,
  question: Question,
): Promise<Presented | null> {
  const shown = find(question.context, 'approval');
  if (shown === undefined) return null;
  if (!isJsonObject(shown)) return { kind: 'unverifiable' };
  const claims = await unseal(context, 'authzen-approval+jwt', find(shown, 'state'));
  if (claims === undefined || typeof claims.exp !== 'number') return { kind: 'unverifiable' };
  const { approval_id: approvalId, client } = claims;
  if (typeof approvalId !== 'string' || find(shown, 'id') !== approvalId) return { kind: 'unverifiable' };
  if (client !== asker.point.id) return { kind: 'unverifiable' };
  if (!isBoundTo(question, claims)) return { kind: 'out_of_scope' };
  if (context.platform.now() >= claims.exp * 1000) return { kind: 'expired' };
  // Spent, withdrawn or denied meanwhile: the server's own state decides, not the seal.
  if (context.approvals.find(approvalId)?.state !== 'approved') return { kind: 'expired' };
  return { kind: 'applies', approvalId, until: claims.exp * 1000 };
}

export function describeApproval({ approvalId, until }: Presented & { kind: 'applies' }): JsonObject {
  return { approval: { id: approvalId, approved_until: writeTime(until) } };
}
