import { type ExportRecord, saltBytes } from '@countersign/ledger';
import type { ReadPayload } from '../plugins/database/sealing/payload-keys.ts';

/** What was damaged is given in a form that no commitment opens to: an auditor finds it, and it passes for no erasure. */
export function discloseOpening(read: ReadPayload): ExportRecord['opening'] {
  if (read === 'erased') return null;
  return read === 'damaged'
    ? { payload: '{"body":{"damaged":true}}', salt: new Uint8Array(saltBytes) }
    : read.opening;
}
