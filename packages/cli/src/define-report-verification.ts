import type { ReportVerdict } from '@countersign/ledger';
import { type CommandDefinition, defineCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { readTextFile } from './parse-options.ts';

type Verdict = Omit<ReportVerdict, 'report'>;

interface ReportKind<V extends Verdict> {
  /** As in "it is no signed report of …". */
  readonly of: string;
  /** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
  readonly verify: (text: string, vkey?: string) => V;
  /** What is no signed report itself may have its signature elsewhere; undefined for all else. */
  readonly verifyFile?: (path: string, vkey?: string) => V | undefined;
  /** What is said of one that is whole. */
  readonly describe: (verdict: V) => string;
  readonly example: string;
}

/** The command `verify <file>` of a noun that signs reports. */
export function defineReportVerification<V extends Verdict>({
  of,
  verify,
  verifyFile,
  describe,
  example,
}: ReportKind<V>): CommandDefinition<{ vkey?: string }> {
  const reasons = {
    not_a_report: `it is no signed report of ${of}`,
    changed: 'the report is not what was signed',
    unknown_key: 'it is signed by another key',
    bad_signature: 'the signature is forged',
  };
  return defineCommand<{ vkey?: string }>({
    usage: 'verify <file>',
    summary: 'check a signed report offline: that it is whole, and who signed it',
    options: [{ flags: '--vkey <key>', summary: "the ledger's verifier key, known from elsewhere" }],
    examples: [example],
    async run(session, { vkey }, file = '') {
      const told = verify(readTextFile(file), vkey);
      const verdict = told.reason === 'not_a_report' ? (verifyFile?.(file, vkey) ?? told) : told;
      const { valid, reason, key } = verdict;
      if (session.json) session.print.item(verdict, []);
      else
        session.print.text(valid ? describe(verdict) : `NOT VERIFIED: ${reasons[reason ?? 'not_a_report']}`);
      if (valid && key === 'claimed')
        session.print.note('Checked with the key the report itself names; give --vkey to know whose it is.');
      return valid ? exitCodes.done : exitCodes.verificationFailed;
    },
  });
}
