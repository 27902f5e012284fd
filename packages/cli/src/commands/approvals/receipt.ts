import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { verifyReceipt } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';

interface KeptReceipt {
  readonly approvalId: string;
  readonly receipt: string;
}

/** Parts that a receipt holds apart, so that whoever shows it can leave them out. */
const parts = ['action', 'reason', 'votes'] as const;
const members: Readonly<Record<string, string>> = { signedAction: 'action', reason: 'reason' };

export const showReceipt = defineCommand<{ hide?: string; status?: boolean; proof?: boolean }>({
  usage: 'receipt <approval>',
  summary: 'the signed receipt of a decision; it verifies without the server, also years later',
  options: [
    { flags: '--hide <parts>', summary: `leave out some of ${parts.join(', ')}, divided by commas` },
    { flags: '--proof', summary: 'the proof instead that the ledger holds the decision (C2SP tlog-proof)' },
    { flags: '--status', summary: 'the signed list instead that says whether the receipt still stands' },
  ],
  examples: ['approvals receipt apr_… > receipt.txt', 'approvals receipt apr_… --hide action,votes'],
  async run(session, { hide, status, proof }, id = '') {
    const path = `/v1/approvals/${encodeURIComponent(id)}/receipt`;
    if (proof === true) {
      const proven = await session.api().get<{ proof: string }>(`${path}/proof`);
      if (session.json) session.print.item(proven, []);
      // Byte for byte as signed (C2SP signed-note).
      else session.streams.stdout.write(proven.proof);
      return undefined;
    }
    const kept = await session.api().get<KeptReceipt>(path);
    if (status === true) {
      const { claims } = verifyReceipt(kept.receipt);
      if (claims === null) throw new CliError('the server sent no receipt');
      const { pathname } = new URL(claims.status.status_list.uri);
      const list = await session.api().download(pathname, {});
      await pipeline(Readable.from(list), session.streams.stdout, { end: false });
      return undefined;
    }
    const receipt = hide === undefined ? kept.receipt : leaveOut(kept.receipt, readParts(hide));
    if (session.json) session.print.item({ ...kept, receipt }, []);
    else session.print.text(receipt);
    return undefined;
  },
});

function readParts(text: string): ReadonlySet<string> {
  const named = text.split(',').map((part) => part.trim());
  const unknown = named.find((part) => !parts.some((known) => known === part));
  if (unknown !== undefined) throw new CliError(`${unknown} is none of ${parts.join(', ')}`);
  return new Set(named);
}

/** RFC 9901 §7.2: a holder shows the disclosures it wants to show; the signature holds all the same. */
function leaveOut(receipt: string, hidden: ReadonlySet<string>): string {
  const [jwt = '', ...disclosures] = receipt.split('~');
  const shown = disclosures.filter((disclosure) => disclosure !== '' && !hidden.has(namePart(disclosure)));
  return [jwt, ...shown, ''].join('~');
}

function namePart(disclosure: string): string {
  const content: readonly unknown[] = JSON.parse(Buffer.from(disclosure, 'base64url').toString());
  const name = content.length === 3 ? content[1] : undefined;
  return typeof name === 'string' ? (members[name] ?? name) : 'votes';
}
