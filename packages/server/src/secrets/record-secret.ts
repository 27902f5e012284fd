import type { LedgerRecord, RecordKind } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Actor, nameActor } from '../people/index.ts';

/** A record about secrets. Names and versions only: a value never comes this far. */
export function describeSecretEvent(
  context: Pick<Context, 'platform'>,
  kind: RecordKind,
  actor: Actor,
  body: LedgerRecord['body'],
): LedgerRecord {
  const { platform } = context;
  return {
    id: platform.newId('rec'),
    kind,
    at: platform.now(),
    causes: [],
    body: { by: nameActor(actor), ...body },
  };
}
