import { AppError } from '@countersign/api';
import type { Actor } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type PolicyContext, type PreparedActivation, prepareActivation } from '../activate-bundle.ts';
import { findActiveBundle, readFiles } from '../bundle/find-bundle.ts';
import { addNarrowing, type NarrowingText, removeNarrowing } from './edit-files.ts';

export interface PreparedNarrowing extends PreparedActivation {
  /** The version that it changes. */
  readonly base: string;
}

/**
 * Gets the bundle in force ready to go live with a review's policy added, as any activation is: validated, compiled and
 * agreed upon by both engines. Needs no permission to activate, for it only ever takes away. Throws `policy.invalid`,
 * `policy.engines_disagree`, `policy.kept_in_folder`.
 */
export async function prepareNarrowing(
  context: PolicyContext,
  actor: Actor,
  added: NarrowingText,
): Promise<PreparedNarrowing> {
  const { base, files } = await readInForce(context);
  return { base, ...(await prepareActivation(context, actor, { files: [...addNarrowing(files, added)] })) };
}

/**
 * The same without a policy that a review added: what people had put in force counts again. Undefined when the bundle in
 * force does not have it. Throws `review.not_undoable` when somebody changed it, and as `prepareNarrowing` does.
 */
export async function prepareWidening(
  context: PolicyContext,
  actor: Actor,
  removed: NarrowingText,
): Promise<PreparedNarrowing | undefined> {
  const { base, files } = await readInForce(context);
  const left = removeNarrowing(files, removed);
  if (left === undefined) return undefined;
  return { base, ...(await prepareActivation(context, actor, { files: [...left] })) };
}

async function readInForce(context: PolicyContext) {
  if (context.config.policies.folder !== undefined) throw new AppError('policy.kept_in_folder');
  const row = await findActiveBundle(context.store.sql);
  if (row === undefined) throw new AppError('policy.unavailable');
  context.policies.seals.requireSigned(row);
  return { base: row.version, files: readFiles(row) };
}

/** The version in force as the transaction sees it: what was prepared for another one must not be put in force. */
export async function findVersionInForce(tx: Pick<Transaction, 'sql'>): Promise<string | undefined> {
  return (await findActiveBundle(tx.sql))?.version;
}
