import {
  describeEvidenceFile,
  digestEvidenceReport,
  type EvidenceFile,
  type EvidenceForm,
  formatVerifierKey,
  signEvidenceFile,
} from '@countersign/ledger';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createNoteSigner } from '../../plugins/database/checkpoint-writer.ts';
import { loadLedgerKey } from '../../tokens/index.ts';
import { getEvidence } from './list-evidence.ts';
import { mediaTypes, nameFile, renderForm } from './report/render-form.ts';

export interface SignedForm {
  readonly name: string;
  readonly mediaType: string;
  readonly file: Uint8Array<ArrayBuffer>;
  /** Detached: what is kept beside the file. */
  readonly signature: { readonly report: EvidenceFile; readonly note: string; readonly vkey: string };
}

/** A report in one of its forms, with the ledger's signature over these bytes. Throws `exposure.evidence_not_found`. */
export async function signForm(
  context: Pick<Context, 'store' | 'masterKey' | 'platform'>,
  actor: Actor,
  { reportId, form }: { readonly reportId: string; readonly form: EvidenceForm },
): Promise<SignedForm> {
  const signed = await getEvidence(context, actor, { reportId });
  const file = await renderForm(signed, form);
  const { masterKey, platform, store } = context;
  const signer = createNoteSigner(await loadLedgerKey({ sql: store.sql, masterKey, platform }));
  const reportDigest = digestEvidenceReport(signed.report);
  const report = describeEvidenceFile({ report: signed.report.report, reportDigest, form }, file);
  const note = signEvidenceFile(report, signer);
  const signature = { report, note, vkey: formatVerifierKey(signer.key) };
  return { name: nameFile(signed, form), mediaType: mediaTypes[form], file, signature };
}
