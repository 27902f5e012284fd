import {
  type Checkpoint,
  cosignText,
  equalBytes,
  formatForkEvidence,
  formatSignatureLine,
  formatVerifierKey,
  judgeSubmission,
  openSubmission,
  parseCheckpoint,
  parseNote,
  type Submission,
  type VerifierKey,
  type WitnessRefusal,
  type WitnessSigner,
} from '@countersign/ledger';
import type { Judged, Witnessed, WitnessState } from './witness-state.ts';

export interface WitnessParts {
  readonly signer: WitnessSigner;
  /** Keys of the logs that are witnessed, by origin. */
  readonly logs: ReadonlyMap<string, VerifierKey>;
  readonly state: WitnessState;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface SubmissionAnswer {
  readonly status: number;
  readonly type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
  /** What became of it, for whoever runs the witness. */
  readonly outcome: WitnessRefusal['kind'] | 'cosigned';
  readonly origin?: string;
  readonly size?: number;
  /** That the log's key signed two trees of one size. */
  readonly evidence?: string;
}

/** Answers add-checkpoint (C2SP tlog-witness) to a hostile body. What is cosigned is kept, synced, before this returns. */
export function answerSubmission(parts: WitnessParts, body: string): SubmissionAnswer {
  const submission = openSubmission(body, parts.logs);
  if ('kind' in submission) return refuse(submission);
  const { origin, size } = submission.checkpoint;
  const answer = parts.state.advance(origin, (last) => judge(parts, submission, last));
  return { ...answer, origin, size };
}

function judge(
  { signer, logs, now }: WitnessParts,
  submission: Submission,
  last: Witnessed | undefined,
): Judged<SubmissionAnswer> {
  const { checkpoint, parsed } = submission;
  const key = logs.get(checkpoint.origin);
  const refusal = judgeSubmission(submission, last && readKept(last));
  if (refusal !== undefined || key === undefined) {
    const evidence =
      refusal?.kind === 'forked' && key !== undefined && last !== undefined
        ? proveFork(key, last, submission)
        : {};
    return { answer: { ...refuse(refusal ?? { kind: 'unknown_log', status: 404 }), ...evidence } };
  }
  // Never earlier than the last one, whatever the clock does.
  const at = Math.max(Math.floor(now() / 1000), last?.at ?? 0);
  const line = cosignText(parsed.text, signer, at);
  const own = parsed.signatures.filter(
    ({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId),
  );
  const note = `${parsed.text}\n${own.map(formatSignatureLine).join('')}${line}`;
  return {
    next: { size: checkpoint.size, note, at },
    answer: { status: 200, type: 'text/plain; charset=utf-8', body: line, outcome: 'cosigned' },
  };
}

function proveFork(
  key: VerifierKey,
  last: Witnessed,
  { note, checkpoint }: Submission,
): Pick<SubmissionAnswer, 'evidence'> {
  const notes = { vkey: formatVerifierKey(key), older: last.note, newer: note };
  return { evidence: formatForkEvidence({ ...notes, root: checkpoint.root, path: [] }) };
}

/** The state is our own: what is not a checkpoint there was damaged, and nothing may be cosigned. */
function readKept({ note }: Witnessed): Checkpoint {
  const parsed = parseNote(note);
  const checkpoint = parsed && parseCheckpoint(parsed.text);
  if (checkpoint === undefined) throw new Error('the state is damaged');
  return checkpoint;
}

function refuse(refusal: WitnessRefusal): SubmissionAnswer {
  const { kind: outcome, status } = refusal;
  if (refusal.kind === 'conflict')
    return { status, outcome, type: 'text/x.tlog.size', body: `${refusal.size}\n` };
  return { status, outcome, type: 'text/plain; charset=utf-8', body: `${outcome}\n` };
}
