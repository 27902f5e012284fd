import { verifyDrillReport } from '@countersign/ledger';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readTextFile } from '../../parse-options.ts';

const reasons = {
  not_a_report: 'it is no signed report of drills',
  changed: 'the report is not what was signed',
  unknown_key: 'it is signed by another key',
  bad_signature: 'the signature is forged',
};

/** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyReport = defineCommand<{ vkey?: string }>({
  usage: 'verify <file>',
  summary: 'check a signed report offline: that it is whole, and who signed it',
  options: [{ flags: '--vkey <key>', summary: "the ledger's verifier key, known from elsewhere" }],
  examples: ['drills verify report.json --vkey countersign-ledger/…'],
  async run(session, { vkey }, file = '') {
    const verdict = verifyDrillReport(readTextFile(file), vkey);
    const { valid, reason, key, passed } = verdict;
    if (session.json) session.print.item(verdict, []);
    else if (valid)
      session.print.text(
        `verified: ${passed ? 'all drills were contained' : 'NOT all drills were contained'}`,
      );
    else session.print.text(`NOT VERIFIED: ${reasons[reason ?? 'not_a_report']}`);
    if (valid && key === 'claimed')
      session.print.note('Checked with the key the report itself names; give --vkey to know whose it is.');
    return valid ? exitCodes.done : exitCodes.verificationFailed;
  },
});
