import type { EvidenceForm } from '@countersign/ledger';
import { renderReportFile } from '../page/render-report.ts';
import type { SignedEvidence } from './evidence-report.ts';
import { renderOscal } from './render-oscal.ts';
import { renderPdf } from './render-pdf.ts';

export const mediaTypes: Readonly<Record<EvidenceForm, string>> = {
  oscal: 'application/json',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
};

const endings: Readonly<Record<EvidenceForm, string>> = { oscal: 'oscal.json', html: 'html', pdf: 'pdf' };

export function nameFile({ report }: SignedEvidence, form: EvidenceForm): string {
  return `${report.report}.${endings[form]}`;
}

/** The same bytes for the same report, as often as it is asked for: its signature is had apart from it. */
export async function renderForm(
  signed: SignedEvidence,
  form: EvidenceForm,
): Promise<Uint8Array<ArrayBuffer>> {
  if (form === 'pdf') return renderPdf(signed);
  const text = form === 'html' ? renderReportFile(signed) : JSON.stringify(renderOscal(signed));
  return new TextEncoder().encode(text);
}
