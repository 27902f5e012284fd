import { holdRecords } from '@countersign/core';
import { openBundleRecord } from '@countersign/ledger';
import { CannotVerify } from './ask-browser.ts';
import { element, honest } from './element.ts';
import { showPapers } from './show-papers.ts';
import { showRecords } from './show-records.ts';
import { showReport } from './show-report.ts';
import { verifyInBrowser } from './verify-in-browser.ts';

/** Puts the reader of bundles into the page. It sends nothing anywhere and needs no server. */
export function mountViewer(place: HTMLElement): void {
  const file = element('input', { type: 'file', id: 'file' });
  const vkey = element('input', { type: 'text', id: 'vkey', autocomplete: 'off', spellcheck: 'false' });
  const result = element('div', { id: 'result' });
  let given: File | undefined;
  let judgedWith = '';
  let asked = 0;
  const show = async (): Promise<void> => {
    if (given === undefined) return;
    asked += 1;
    const turn = asked;
    judgedWith = vkey.value.trim();
    result.replaceChildren(element('p', { role: 'status' }, 'Verifying…'));
    const shown = await judge(given, judgedWith);
    // Another file, or another key, may have been given meanwhile.
    if (turn === asked) result.replaceChildren(...shown);
  };
  file.addEventListener('change', () => {
    given = file.files?.[0];
    void show();
  });
  vkey.addEventListener('change', () => {
    // Leaving the field is no new key, and must not take away what somebody is just about to press.
    if (vkey.value.trim() !== judgedWith) void show();
  });
  place.addEventListener('dragover', (event) => event.preventDefault());
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    given = event.dataTransfer?.files[0];
    void show();
  });
  place.append(
    element('h1', {}, 'Read a bundle of evidence'),
    element('p', {}, 'Nothing leaves this page. Choose a file, or drop it here.'),
    element('label', { for: 'file' }, 'Bundle'),
    file,
    element('label', { for: 'vkey' }, 'Verifier key of the log, known from elsewhere (optional)'),
    vkey,
    result,
  );
}

async function judge(file: File, vkey: string): Promise<readonly HTMLElement[]> {
  try {
    const { report, lines } = await verifyInBrowser(file, vkey === '' ? {} : { vkey });
    // What does not verify is not shown: it would tell whatever somebody wanted told.
    if (!report.valid) return [showReport(report)];
    const records = lines.flatMap((line) => (line.type === 'record' ? [openBundleRecord(line.record)] : []));
    return [showReport(report), showRecords(records, holdRecords(records)), showPapers(lines)];
  } catch (error) {
    const why = error instanceof CannotVerify ? error.message : 'the file cannot be read';
    return [element('p', { role: 'alert', class: 'bad' }, 'Not verified: ', honest(why))];
  }
}
