import { digestDrillReport, formatVerifierKey, signDrillReport } from '@countersign/ledger';
import type { Context } from '../../../context.ts';
import { createNoteSigner } from '../../../plugins/database/checkpoint-writer.ts';
import { loadLedgerKey } from '../../../tokens/index.ts';
import type { RunReport, SignedReport } from './drill-report.ts';

/** Signs with the ledger's own key, which auditors hold already; what it signs cannot be taken for a checkpoint. */
export async function signReport(
  { store, masterKey, platform }: Pick<Context, 'store' | 'masterKey' | 'platform'>,
  report: RunReport,
): Promise<{ readonly signed: SignedReport; readonly digest: string }> {
  const signer = createNoteSigner(await loadLedgerKey({ sql: store.sql, masterKey, platform }));
  const note = signDrillReport(report, signer);
  return { signed: { report, note, vkey: formatVerifierKey(signer.key) }, digest: digestDrillReport(report) };
}
