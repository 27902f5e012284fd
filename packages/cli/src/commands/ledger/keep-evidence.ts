import { writeFileSync } from 'node:fs';
import { type ForkEvidence, formatForkEvidence } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import type { Session } from '../../session.ts';

/** Writes what proves the fork to anybody, and says so. */
export function keepEvidence(session: Session, file: string, evidence: ForkEvidence): void {
  try {
    writeFileSync(file, formatForkEvidence(evidence), { flag: 'wx' });
  } catch (cause) {
    throw new CliError(`${file} cannot be written, or exists already; evidence is never overwritten`, {
      cause,
    });
  }
  if (!session.json) session.print.text('FORKED: this log signed two histories.');
  session.print.note(`The evidence is in ${file}; keep both checkpoints, and tell others.`);
  session.print.next(`ledger verify ${file}`);
}
