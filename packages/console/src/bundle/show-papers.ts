import type { BundleLine } from '@countersign/ledger';
import { verifyReceipt } from '@countersign/ledger';
import { element, honest } from './element.ts';

/** What people signed, the policies that decided, and the tools that were called. */
export function showPapers(lines: readonly BundleLine[]): HTMLElement {
  const section = element('section', { 'aria-labelledby': 'papers' });
  section.append(element('h2', { id: 'papers' }, 'What was signed, and under which policies'));
  const keys = lines.flatMap((line) => (line.type === 'issuer' ? line.keys : []));
  for (const line of lines) {
    if (line.type === 'receipt') section.append(showReceipt(line.receipt.receipt, keys));
    if (line.type === 'policy')
      for (const { name, text } of line.policy.files)
        section.append(fold(`Policy ${line.policy.version}: ${name}`, text));
    if (line.type === 'tool') {
      const { upstream, name, definition } = line.tool;
      section.append(fold(`Tool ${upstream}/${name}`, JSON.stringify(definition, null, 2)));
    }
  }
  return section;
}

/** Its signatures are judged with the bundle; here it is only shown. */
function showReceipt(receipt: string, keys: readonly Readonly<Record<string, unknown>>[]): HTMLElement {
  const { claims } = verifyReceipt(receipt, { keys });
  if (claims === null) return fold('A receipt that cannot be read', receipt);
  const votes = claims.votes.map(({ name, outcome }) => `${outcome === 'approve' ? 'yes' : 'no'} by ${name}`);
  const text = claims.signedAction ?? 'The text was left out.';
  return fold(
    `Approval ${claims.approval.id}: ${claims.approval.outcome}, ${votes.join(', ')}`,
    indent(text),
  );
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function fold(summary: string, text: string): HTMLElement {
  return element('details', {}, element('summary', {}, honest(summary)), element('pre', {}, honest(text)));
}
