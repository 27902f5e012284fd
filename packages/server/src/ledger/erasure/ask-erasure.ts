import { AppError } from '@countersign/api';
import { canonicalJson } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { plainLine } from '../../wire/plain-text.ts';
import {
  describeRequest,
  type ErasureRequest,
  erasureLifetimeMilliseconds,
  listOtherSigners,
} from './erasure-request.ts';
import { previewErasure } from './preview-erasure.ts';
import { erasableId } from './select-erasable.ts';

export const askErasureInput = z.strictObject({
  id: erasableId,
  /** Of the preview: what was looked at is what is asked for. */
  digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** Shown to whoever signs: nothing in it may hide or reorder. */
  reason: plainLine(500).pipe(z.string().regex(/^\P{Cf}+$/u)),
});

/**
 * Asks that exactly these records be erased. Nothing is, until whoever asks and then a second person have signed it within
 * a day. Throws `ledger.selection_changed`, `ledger.erasure_needs_two` when nobody else could sign, and as `previewErasure` does.
 */
export async function askErasure(
  context: Pick<Context, 'store' | 'platform' | 'config'>,
  actor: Actor,
  input: z.input<typeof askErasureInput>,
): Promise<ErasureRequest> {
  requirePermission(actor, 'ledger.erase');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person asks for it' });
  const { id: selection, digest: planDigest, reason } = askErasureInput.parse(input);
  const { platform, config, store } = context;
  const shown = await previewErasure(context, actor, { id: selection });
  if (shown.digest !== planDigest) throw new AppError('ledger.selection_changed');
  const at = platform.now();
  const [id, record] = [platform.newId('ers'), platform.newId('rec')];
  const expiresAt = at + erasureLifetimeMilliseconds;
  const { records, classes, kinds } = shown;
  const what = { request: id, selection, plan: planDigest, records, classes, reason, expiresAt };
  const signedText = canonicalJson({
    ...{ purpose: 'countersign erasure 1', server: new URL(config.server.publicUrl).origin },
    ...{ ...what, kinds, askedBy: actor.person },
  });
  return store.transaction(async (tx) => {
    if ((await listOtherSigners(tx.sql, actor.person, at)).length === 0)
      throw new AppError('ledger.erasure_needs_two', {
        detail: "invite somebody: countersign people invite '<name>' --role auditor (or admin)",
      });
    const row = {
      ...{ id, selection, plan_digest: planDigest, reason, signed_text: signedText },
      ...{ digest: sha256(signedText), asked_by: actor.person, asked_record: record, asked_at: at },
      ...{ expires_at: expiresAt, evidence: null, ended_at: null, outcome: null },
    };
    await tx.sql.insertInto('ledger_erasure_requests').values(row).execute();
    const body = { by: actor.person, ...what, digest: row.digest };
    tx.record({ id: record, kind: 'ledger.erasure_asked', at, causes: [], body });
    return describeRequest(context, row);
  });
}
