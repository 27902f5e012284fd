import type { VerifyCheckpointOptions } from '@countersign/ledger';
import { type CheckpointVerdict, type RecordProofVerdict, verifyCheckpoint } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { exitCodes } from '../../exit-codes.ts';

const words: Readonly<Record<NonNullable<RecordProofVerdict['finding']>, string>> = {
  malformed: 'it is no checkpoint',
  not_a_proof: 'it is no proof of a record',
  key_invalid: 'a verifier key is malformed',
  unknown_key: 'it is not signed by this log',
  bad_signature: 'it was changed, or is forged',
  bad_cosignature: 'a cosignature in it was not made by its witness',
  not_witnessed: 'too few of the witnesses have cosigned it',
  not_included: 'the record is not in the tree that was signed',
};

/** A finding in words. */
export function describeFinding(finding: NonNullable<RecordProofVerdict['finding']>): string {
  return words[finding];
}

/** Who has seen it, and when, as a line each. */
export function listCosigners({ cosigned }: Pick<CheckpointVerdict, 'cosigned'>): readonly string[] {
  return cosigned.map(({ name, at }) => `cosigned by ${name} at ${new Date(at * 1000).toISOString()}`);
}

/** The checkpoint, or `CliError` in words: what it is compared for is worth nothing then. */
export function requireCheckpoint(text: string, what: string, options: VerifyCheckpointOptions) {
  const { checkpoint, finding } = verifyCheckpoint(text, options);
  if (checkpoint !== null && finding === null) return checkpoint;
  throw new CliError(`${what}: ${describeFinding(finding ?? 'malformed')}`, {
    exitCode: exitCodes.verificationFailed,
  });
}
