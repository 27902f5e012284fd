import { verifyReviewReport } from '@countersign/ledger';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readTextFile } from '../../parse-options.ts';

const reasons = {
  not_a_report: 'it is no signed report of a review',
  changed: 'the report is not what was signed',
  unknown_key: 'it is signed by another key',
  bad_signature: 'the signature is forged',
};

/** Works offline on the file alone, with `@countersign/ledger` and nothing else of the product. */
export const verifyReport = defineCommand<{ vkey?: string }>({
  usage: 'verify <file>',
  summary: 'check a signed report offline: that it is whole, and who signed it',
  options: [{ flags: '--vkey <key>', summary: "the ledger's verifier key, known from elsewhere" }],
  async run(session, { vkey }, file = '') {
    const { report, ...verdict } = verifyReviewReport(readTextFile(file), vkey);
    const { valid, reason, key } = verdict;
    if (session.json) session.print.item(verdict, []);
    else session.print.text(valid ? 'verified' : `NOT VERIFIED: ${reasons[reason ?? 'not_a_report']}`);
    if (valid && key === 'claimed')
      session.print.note('Checked with the key the report itself names; give --vkey to know whose it is.');
    return valid && report !== null ? exitCodes.done : exitCodes.verificationFailed;
  },
});
