import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { writeTerm } from '../plugins/database/record-terms.ts';
import { activationInput, digestFiles, sortFiles } from './bundle/bundle-input.ts';
import { compileBundle } from './bundle/compile-bundle.ts';
import { type Complaint, type PolicyFile, writeComplaint, writeComplaints } from './bundle/complaint.ts';
import { findActiveBundle, findBundle, readFiles } from './bundle/find-bundle.ts';
import { createLiveBundle, type LiveBundle } from './decide/live-bundle.ts';
import { listPinnedTools, type ToolSource } from './list-pinned-tools.ts';
import { complainOfModes } from './modes/complain-of-modes.ts';
import { keepModes } from './modes/keep-modes.ts';
import { type DroppedNarrowing, findDropped } from './narrowing/find-dropped.ts';
import { recordRefusedBundle } from './record-refused-bundle.ts';
import { digestSchema } from './schema/generate-schema.ts';
import { requireAgreement } from './trust/require-agreement.ts';

export type PolicyContext = Pick<Context, 'config' | 'platform' | 'store' | 'policies' | 'log'> & {
  readonly upstreams: ToolSource;
};

export interface Activation {
  readonly version: string;
  readonly digest: string;
  readonly warnings: readonly Complaint[];
  /** What access reviews had taken away by policy and this gives back. */
  readonly dropped: readonly DroppedNarrowing[];
}

/** A bundle that was validated and agreed upon, ready to be put in force in a transaction. */
export interface PreparedActivation {
  readonly version: string;
  readonly digest: string;
  readonly dropped: readonly DroppedNarrowing[];
  /** In force as soon as the transaction is committed. */
  commit(tx: Transaction, cause?: ActivationCause): Promise<Activation>;
}

/** What had it put in force, where that was no wish for other policies as such. */
export interface ActivationCause {
  readonly causes: readonly string[];
  readonly body: Readonly<Record<string, string | boolean>>;
}

/**
 * Puts a new bundle in force, or an earlier version again. Whole or not at all: throws `policy.invalid` with each
 * complaint as `file:line:column: message`, or `policy.engines_disagree`, records the refusal, and the bundle in force
 * stays. With a `base`, throws `policy.changed_meanwhile` unless that is the version in force, so that of two people who
 * change the same policies none undoes the other's change unseen.
 */
export async function activateBundle(
  context: PolicyContext,
  actor: Actor,
  input: z.input<typeof activationInput>,
): Promise<Activation> {
  requirePermission(actor, 'policies.activate');
  const given = activationInput.parse(input);
  if (context.config.policies.folder !== undefined && actor.kind !== 'system')
    throw new AppError('policy.kept_in_folder');
  const prepared = await prepareActivation(context, actor, given);
  return context.store.transaction((tx) => prepared.commit(tx));
}

/**
 * Everything of an activation that takes long, ahead of its transaction. Whoever calls it has asked for the permission.
 * Throws as `activateBundle` does.
 */
export async function prepareActivation(
  context: PolicyContext,
  actor: Actor,
  given: z.output<typeof activationInput>,
): Promise<PreparedActivation> {
  const isNew = 'files' in given;
  const { base } = given;
  if (base !== undefined) await requireBase(context.store, base);
  const files = isNew ? sortFiles(given.files) : await loadFiles(context, given.version);
  const tools = listPinnedTools(context.upstreams);
  const digest = digestFiles(files);
  const { policies, declared, compiled, errors, warnings } = await compileBundle(files, tools);
  if (errors.length > 0) return refuse(context, actor, digest, errors);

  const version = isNew ? context.platform.newId('pol') : given.version;
  const candidate = createLiveBundle({ version, digest, policies, compiled, declared, validatedWith: tools });
  await requireAgreement(context, actor, candidate, tools);
  const dropped = findDropped(context.policies.live?.policies ?? [], policies);
  return {
    ...{ version, digest, dropped },
    commit: async (tx, cause) => {
      if (base !== undefined) await requireBase(tx, base);
      const modes = await keepModes(tx, context.policies.seals, policies, context.platform.now());
      const bundle = candidate.withModes(modes);
      const said = [...warnings, ...complainOfModes(policies, modes)];
      const saved = await saveBundle(context, tx, { version, files, actor, isNew });
      await recordActivation(context, tx, { bundle, actor, warnings: said.length, dropped, cause });
      tx.afterCommit(() => context.policies.install(bundle, saved));
      return { version, digest, warnings: said, dropped };
    },
  };
}

/** By what the database says: another gateway may have activated other policies, and this one has not heard of it yet. */
async function requireBase({ sql }: Pick<Transaction, 'sql'>, base: string): Promise<void> {
  const active = await findActiveBundle(sql);
  if (active?.version !== base)
    throw new AppError('policy.changed_meanwhile', { detail: `in force is ${active?.version ?? 'none'}` });
}

async function loadFiles(context: PolicyContext, version: string): Promise<readonly PolicyFile[]> {
  const row = await findBundle(context.store.sql, version);
  if (row === undefined) throw new AppError('policy.not_found');
  context.policies.seals.requireSigned(row);
  return readFiles(row);
}

async function refuse(
  context: PolicyContext,
  actor: Actor,
  digest: string,
  errors: readonly Complaint[],
): Promise<never> {
  const complaints = errors.slice(0, 100).map((error) => writeComplaint(error).slice(0, 500));
  await recordRefusedBundle(context, actor, { digest, complaints });
  throw new AppError('policy.invalid', { detail: writeComplaints(errors), data: { complaints: errors } });
}

interface Saving {
  readonly version: string;
  readonly files: readonly PolicyFile[];
  readonly actor: Actor;
  readonly isNew: boolean;
}

/** A version that was once found not to be decided alike stays in quarantine. */
async function saveBundle(
  context: PolicyContext,
  tx: Transaction,
  saving: Saving,
): Promise<{ readonly isQuarantined: boolean }> {
  const { version, files, actor, isNew } = saving;
  const { seals } = context.policies;
  const activation = { activated_at: await nextTime(context, tx), activated_by: nameActor(actor) };
  if (!isNew) {
    const row = await findBundle(tx.sql, version);
    if (row === undefined) throw new AppError('policy.not_found');
    seals.requireSigned(row);
    const signature = seals.signBundle({ ...row, ...activation });
    const change = tx.sql.updateTable('policy_bundles').set({ ...activation, ...signature });
    await change.where('version', '=', version).execute();
    return { isQuarantined: row.quarantined_at !== null };
  }
  const source = JSON.stringify(files);
  const made = {
    version,
    source,
    author: nameActor(actor),
    created_at: context.platform.now(),
    ...activation,
  };
  const schemaDigest = digestSchema(listPinnedTools(context.upstreams));
  await tx.sql
    .insertInto('policy_bundles')
    .values({ ...made, ...seals.signBundle(made), schema_digest: schemaDigest })
    .execute();
  return { isQuarantined: false };
}

/** Later than every activation before, also when the clock was set back: the latest is the one in force. */
async function nextTime(context: PolicyContext, tx: Transaction): Promise<number> {
  const { latest } = await tx.sql
    .selectFrom('policy_bundles')
    .select((query) => query.fn.max('activated_at').as('latest'))
    .executeTakeFirstOrThrow();
  return Math.max(context.platform.now(), Number(latest ?? 0) + 1);
}

async function recordActivation(
  context: PolicyContext,
  tx: Transaction,
  activation: {
    readonly bundle: LiveBundle;
    readonly actor: Actor;
    readonly warnings: number;
    readonly dropped: readonly DroppedNarrowing[];
    readonly cause: ActivationCause | undefined;
  },
): Promise<void> {
  const { bundle, actor, warnings, dropped, cause } = activation;
  const before = await tx.sql
    .selectFrom('ledger_terms')
    .innerJoin('ledger_entries', 'ledger_entries.seq', 'ledger_terms.seq')
    .select('ledger_entries.id')
    .where('ledger_terms.term', '=', writeTerm('kind', 'policy.activated'))
    .orderBy('ledger_terms.seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const previous = context.policies.version;
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'policy.activated',
    at: context.platform.now(),
    causes: [...(before === undefined ? [] : [before.id]), ...(cause?.causes ?? [])],
    ...(actor.kind === 'person' ? { person: actor.person } : {}),
    policyVersion: bundle.version,
    body: {
      by: nameActor(actor),
      digest: bundle.digest,
      policies: bundle.policies.length,
      warnings,
      ...(previous === '' ? {} : { previous }),
      ...cause?.body,
      ...(dropped.length === 0 ? {} : { dropped: dropped.slice(0, 100).map(({ policyId }) => policyId) }),
    },
  });
}
