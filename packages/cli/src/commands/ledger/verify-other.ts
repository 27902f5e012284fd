import {
  parseForkEvidence,
  tlogProofHeader,
  verifyCheckpoint,
  verifyForkEvidence,
  verifyRecordProof,
  type WitnessPolicy,
} from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { describeFinding, listCosigners } from './describe-checkpoint.ts';

/** What is verified beside exports, told apart by how it begins. */
export type OtherKind = 'proof' | 'fork' | 'checkpoint';

/** Undefined for an export, and for what is nothing at all. */
export function recognise(start: string): OtherKind | undefined {
  if (start.startsWith(tlogProofHeader)) return 'proof';
  if (start.startsWith('{"format":"countersign-fork"')) return 'fork';
  return !start.startsWith('{') && start.includes('\n\n— ') ? 'checkpoint' : undefined;
}

interface Given extends WitnessPolicy {
  readonly vkey?: string;
}

/** Checks a proof of a record, a checkpoint, or evidence of a fork. */
export function verifyOther(session: Session, kind: OtherKind, text: string, given: Given): ExitCode {
  if (kind === 'fork') return verifyFork(session, text, given.vkey);
  const { vkey } = given;
  if (vkey === undefined)
    throw new CliError('neither a proof nor a checkpoint names its key', {
      fix: "give --vkey with the log's verifier key",
    });
  const verdict =
    kind === 'proof'
      ? verifyRecordProof(text, { ...given, vkey })
      : verifyCheckpoint(text, { ...given, vkey });
  const { finding, checkpoint } = verdict;
  if (session.json) {
    const { size, origin } = checkpoint ?? {};
    const entry = 'entry' in verdict ? { entry: verdict.entry } : {};
    session.print.item({ finding, origin, size, cosigned: verdict.cosigned, ...entry }, []);
  } else if (finding !== null) {
    session.print.text(`NOT VERIFIED: ${describeFinding(finding)}`);
  } else {
    const proven = 'entry' in verdict ? verdict.entry : null;
    const what = proven === null ? '' : `${proven.kind} ${proven.id} is record ${proven.seq} of `;
    session.print.text(`verified: ${what}${checkpoint?.size} records of ${checkpoint?.origin}`);
    for (const line of listCosigners(verdict)) session.print.text(line);
  }
  return finding === null ? exitCodes.done : exitCodes.verificationFailed;
}

function verifyFork(session: Session, text: string, vkey: string | undefined): ExitCode {
  const evidence = parseForkEvidence(text);
  const isProven = evidence !== undefined && verifyForkEvidence(evidence, vkey);
  if (session.json) session.print.item({ proven: isProven, vkey: vkey ?? evidence?.vkey ?? null }, []);
  else if (isProven) session.print.text(`proven: ${vkey ?? evidence.vkey} signed two histories`);
  else session.print.text('NOT PROVEN: this does not show that the log signed two histories');
  return isProven ? exitCodes.done : exitCodes.verificationFailed;
}
