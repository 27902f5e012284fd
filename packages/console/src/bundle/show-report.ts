import type { BundleReport } from '@countersign/ledger';
import { element, honest } from './element.ts';

/** Whether it verifies, and what that does not say. */
export function showReport(report: BundleReport): HTMLElement {
  const section = element('section', { 'aria-labelledby': 'verdict', class: report.valid ? 'good' : 'bad' });
  const verdict = report.valid ? 'Verified' : 'NOT verified: do not rely on it';
  section.append(element('h2', { id: 'verdict' }, verdict));
  if (report.key === 'claimed')
    section.append(
      element(
        'p',
        { class: 'claimed' },
        'Checked with the key that the bundle itself names: that shows that it is whole, not whose it is. ' +
          'Give the log’s verifier key, known from elsewhere, to know.',
      ),
    );
  section.append(report.valid ? listFacts(report) : listFindings(report));
  return section;
}

function listFacts(report: BundleReport): HTMLElement {
  const { madeAt, madeFor, receipts, records, size, truncated } = report;
  const list = element('dl');
  const add = (name: string, value: Node | string) =>
    list.append(element('dt', {}, name), element('dd', {}, value));
  add('Log', honest(report.origin ?? ''));
  add('Records', `${records}, in the signed tree of ${size}`);
  const when = madeAt === null ? '' : `, ${new Date(madeAt).toISOString()}`;
  add('Made for', honest(`${madeFor?.name ?? '?'} (${madeFor?.id ?? '?'})${when}`));
  if (madeFor?.access !== undefined) {
    const { until, watermark } = madeFor.access;
    const ends = new Date(until).toISOString();
    add('Watermark', honest(`${watermark}: who may read only some of it, until ${ends}`));
  }
  add('Asked for', honest(JSON.stringify(report.selection)));
  for (const { approval, outcome, proven, status } of receipts) {
    const how = proven ? 'each yes is a passkey’s signature over the text' : 'as its issuer says';
    const taken = status?.value === 'invalid' ? '; TAKEN BACK since' : '';
    add('Receipt', honest(`${approval} was ${outcome}; ${how}${taken}`));
  }
  for (const { name, at } of report.cosigned)
    add('Witness', honest(`${name}, ${new Date(at * 1000).toISOString()}`));
  for (const [reason, count] of Object.entries(report.withheld))
    add('Not here', `${count} payloads: ${reason.replaceAll('_', ' ')}`);
  if (report.policiesOutOfScope > 0)
    add('Not here', `${report.policiesOutOfScope} policy versions: out of scope`);
  if (report.missing > 0) add('Not here', `${report.missing} earlier records that these name as causes`);
  if (truncated) add('Not here', 'more records: there was more than went in');
  return list;
}

function listFindings({ findings, findingsLeftOut }: BundleReport): HTMLElement {
  const list = element('ul');
  for (const { code, detail, line, record } of findings.slice(0, 200)) {
    const where = [line === null ? '' : `line ${line}`, record ?? '']
      .filter((part) => part !== '')
      .join(', ');
    list.append(element('li', {}, element('code', {}, code), ' ', honest(detail), ' ', honest(where)));
  }
  const more = findings.length - 200 + findingsLeftOut;
  if (more > 0) list.append(element('li', {}, `and ${more} more`));
  return list;
}
