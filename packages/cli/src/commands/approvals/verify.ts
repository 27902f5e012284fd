import {
  type ReceiptFinding,
  type ReceiptProofVerdict,
  type ReceiptVerdict,
  type VerifyReceiptOptions,
  verifyReceipt,
  verifyReceiptProof,
} from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly, showLines } from '../../output/honest-text.ts';
import { readJsonFile, readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { readWitnessPolicy, type WitnessOptions, witnessOptions } from '../../witness-options.ts';
import { describeFinding, listCosigners } from '../ledger/describe-checkpoint.ts';

const findings: Readonly<Record<ReceiptFinding, string>> = {
  not_a_receipt: 'it is no receipt of a decision',
  unknown_key: 'it is signed by another key',
  bad_signature: 'it was changed, or is forged',
  action_changed: 'the action in it is not the one that was decided',
  vote_unproven: 'a yes in it is not signed by the passkey over exactly this action',
  quorum_unproven: 'the votes in it are not enough for what it says',
  status_unreadable: 'the list of statuses is not its issuer’s',
};

interface VerifyOptions extends WitnessOptions {
  readonly issuer?: string;
  readonly status?: string;
  readonly proof?: string;
  readonly vkey?: string;
}

/** Works offline on the files alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyReceiptFile = defineCommand<VerifyOptions>({
  usage: 'verify <file>',
  summary: 'check a receipt offline: the issuer’s signature, and what each person’s passkey signed',
  options: [
    { flags: '--issuer <file>', summary: 'the issuer’s keys, kept from earlier (see approvals issuer)' },
    {
      flags: '--proof <file>',
      summary: 'that the ledger holds the decision (see approvals receipt --proof)',
    },
    { flags: '--vkey <key>', summary: "with --proof: the ledger's verifier key, known from elsewhere" },
    ...witnessOptions,
    { flags: '--status <file>', summary: 'a signed list of statuses (see approvals receipt --status)' },
  ],
  examples: ['approvals verify receipt.txt --issuer issuer.json --status status.jwt'],
  async run(session, { issuer, status, proof, vkey, ...witnesses }, file = '') {
    const verdict = verifyReceipt(readTextFile(file), {
      ...(issuer === undefined ? {} : { keys: readKeys(issuer) }),
      ...(status === undefined ? {} : { statusList: readTextFile(status) }),
    });
    const proven = proof === undefined ? null : verifyProof(proof, verdict, { vkey, ...witnesses });
    if (session.json) session.print.item({ ...verdict, ...(proven && { proof: proven }) }, []);
    else {
      printVerdict(session, verdict);
      if (proven !== null) printProof(session, proven);
    }
    // Taken back is not forged, but nobody may rely on it.
    const isGood = verdict.valid && verdict.status?.value !== 'invalid' && (proven?.finding ?? null) === null;
    return isGood ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function verifyProof(
  file: string,
  { claims }: ReceiptVerdict,
  { vkey, ...witnesses }: WitnessOptions & { readonly vkey?: string | undefined },
): ReceiptProofVerdict {
  const policy = readWitnessPolicy(witnesses);
  if (vkey === undefined) throw new CliError('--proof needs --vkey: a proof does not name its key');
  const nothing = { finding: 'not_a_proof', checkpoint: null, cosigned: [], entry: null } as const;
  return claims === null ? nothing : verifyReceiptProof(readTextFile(file), claims, { ...policy, vkey });
}

function printProof({ print }: Session, verdict: ReceiptProofVerdict): void {
  const { finding, checkpoint, entry } = verdict;
  if (finding !== null) {
    const why =
      finding === 'another_record'
        ? 'it is of another record than the receipt names'
        : describeFinding(finding);
    print.text(`NOT VERIFIED: the proof: ${why}`);
    return;
  }
  print.text(`record ${entry?.seq} of the ${checkpoint?.size} that ${checkpoint?.origin} signed`);
  for (const line of listCosigners(verdict)) print.text(line);
}

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
