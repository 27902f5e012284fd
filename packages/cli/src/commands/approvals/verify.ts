import {
  type ReceiptFinding,
  type ReceiptVerdict,
  type VerifyReceiptOptions,
  verifyReceipt,
} from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly, showLines } from '../../output/honest-text.ts';
import { readJsonFile, readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';

const findings: Readonly<Record<ReceiptFinding, string>> = {
  not_a_receipt: 'it is no receipt of a decision',
  unknown_key: 'it is signed by another key',
  bad_signature: 'it was changed, or is forged',
  action_changed: 'the action in it is not the one that was decided',
  vote_unproven: 'a yes in it is not signed by the passkey over exactly this action',
  quorum_unproven: 'the votes in it are not enough for what it says',
  status_unreadable: 'the list of statuses is not its issuer’s',
};

/** Works offline on the files alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyReceiptFile = defineCommand<{ issuer?: string; status?: string }>({
  usage: 'verify <file>',
  summary: 'check a receipt offline: the issuer’s signature, and what each person’s passkey signed',
  options: [
    { flags: '--issuer <file>', summary: 'the issuer’s keys, kept from earlier (see approvals issuer)' },
    { flags: '--status <file>', summary: 'a signed list of statuses (see approvals receipt --status)' },
  ],
  examples: ['approvals verify receipt.txt --issuer issuer.json --status status.jwt'],
  async run(session, { issuer, status }, file = '') {
    const verdict = verifyReceipt(readTextFile(file), {
      ...(issuer === undefined ? {} : { keys: readKeys(issuer) }),
      ...(status === undefined ? {} : { statusList: readTextFile(status) }),
    });
    if (session.json) session.print.item(verdict, []);
    else printVerdict(session, verdict);
    // Taken back is not forged, but nobody may rely on it.
    const isGood = verdict.valid && verdict.status?.value !== 'invalid';
    return isGood ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function readKeys(file: string): NonNullable<VerifyReceiptOptions['keys']> {
  const read = readJsonFile(file) as { readonly jwks?: { readonly keys?: unknown }; readonly keys?: unknown };
  const keys = read?.jwks?.keys ?? read?.keys;
  if (!Array.isArray(keys)) throw new CliError(`${file} holds no keys`);
  return keys;
}

function printVerdict({ print }: Session, verdict: ReceiptVerdict): void {
  const { claims, hidden, key, status, valid } = verdict;
  if (!valid || claims === null) {
    for (const finding of verdict.findings) print.text(`NOT VERIFIED: ${findings[finding]}`);
    return;
  }
  const { action, approval, votes } = claims;
  const taken = status?.value === 'invalid';
  print.text(`verified: ${approval.id} was ${approval.outcome}${taken ? ', and TAKEN BACK since' : ''}`);
  print.text(`${action.agent} ${action.upstream}/${action.tool}, policy ${action.policyVersion}`);
  if (approval.grant !== undefined) {
    const until = new Date(approval.grant.expiresAt).toISOString();
    print.text(`for up to ${approval.grant.uses} calls like it, until ${until}`);
  }
  for (const { name, outcome, passkey } of votes) {
    const how = passkey === null ? 'without a signature' : `signed with a passkey at ${passkey.origin}`;
    print.text(`${outcome === 'approve' ? 'yes' : 'no'} by ${showHonestly(name)}, ${how}`);
  }
  if (claims.signedAction !== undefined) print.text(showLines(claims.signedAction));
  if (hidden > 0) print.note(`${hidden} parts of it were left out by whoever gave it to you.`);
  if (key === 'claimed')
    print.note('Checked with the key the receipt itself names; give --issuer to know whose it is.');
  if (status === null) print.note('Give --status to know whether it was taken back since.');
}
