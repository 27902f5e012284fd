import { AppError } from '@countersign/api';
import { type Limits, permits } from '@countersign/core';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { activateBundle, type PolicyContext } from './activate-bundle.ts';
import { digestFiles } from './bundle/bundle-input.ts';
import { findActiveBundle } from './bundle/find-bundle.ts';
import { couldPermit } from './decide/could-permit.ts';
import { evaluate } from './decide/evaluate.ts';
import { findObligations } from './decide/find-obligations.ts';
import type { LiveBundle } from './decide/live-bundle.ts';
import { decideDeclared } from './declared/index.ts';
import { readFolder } from './folder/read-folder.ts';
import { readStarter } from './folder/read-starter.ts';
import { watchFolder } from './folder/watch-folder.ts';
import { followTools } from './follow-tools.ts';
import type { DecisionRequest, PolicyState } from './policy-state.ts';
import { restoreBundle } from './restore-bundle.ts';
import { openPolicySeals } from './signing/open-policy-seals.ts';
import { decideOfficially, type OfficialBundle } from './trust/decide-officially.ts';
import { trustShipped } from './trust/require-agreement.ts';
import { watchDecisions } from './trust/watch-decisions.ts';

export type PolicyParts = Omit<PolicyContext, 'policies'> & Pick<Context, 'masterKey'>;

const system: Actor = { kind: 'system', part: 'policies' };

/**
 * Puts the last activated bundle in force, or the folder's, or on a first start the starter policies; then follows the
 * folder and the tools. With no bundle that can be used it starts all the same, and refuses every decision.
 */
export async function createPolicyState(parts: PolicyParts): Promise<PolicyState> {
  const { folder } = parts.config.policies;
  const seals = await openPolicySeals(parts);
  const ends: (() => void)[] = [];
  let live: LiveBundle | null = null;
  let misfits: ReadonlyMap<string, readonly string[]> = new Map();
  let official: OfficialBundle | undefined;
  let reloading: Promise<void> = Promise.resolve();

  const state: PolicyState = {
    get version() {
      return live?.version ?? '';
    },
    get live() {
      return live;
    },
    get misfits() {
      return misfits;
    },
    decide: (request) => {
      if (live === null) throw new AppError('policy.unavailable');
      const verdict = evaluate(live, request);
      watch.offer({ live, request });
      const obligations = findObligations(live.policies, verdict);
      const limits = live.limits.listOf(verdict.permits);
      return { verdict, obligations, limits, policyVersion: live.version };
    },
    decideDeclared: (question) => {
      if (live === null) throw new AppError('policy.unavailable');
      return decideDeclared(live, question);
    },
    couldAllow: (request) => {
      if (live === null || request.tool === null) return false;
      return isWithinReach(request) && couldPermit(live, request);
    },
    seals,
    switchMode: (policyId, mode) => {
      if (live !== null) live = live.withModes(new Map(live.modes).set(policyId, mode));
    },
    install: (bundle, as = { isQuarantined: false }) => {
      official?.release();
      official = as.isQuarantined ? decideOfficially(bundle) : undefined;
      live = official?.bundle ?? bundle;
      misfits = new Map();
    },
    get isQuarantined() {
      return official !== undefined;
    },
    quarantine: () => {
      if (live === null || official !== undefined) return;
      official = decideOfficially(live);
      live = official.bundle;
    },
    reload: () => {
      if (folder === undefined) return Promise.resolve();
      const next = reloading.then(() => loadFolder(context, folder));
      reloading = next.catch(() => undefined);
      return next;
    },
    close: () => {
      for (const end of ends.splice(0)) end();
    },
  };
  const context: PolicyContext = { ...parts, policies: state };
  const watch = watchDecisions(context);
  ends.push(watch.close);
  const warn = (err: unknown): void => parts.log.error({ err }, 'the policies were not loaded');

  await loadLast(context, warn);
  if (folder !== undefined) {
    await state.reload().catch(warn);
    ends.push(startWatching(folder, state, warn));
  }
  ends.push(
    followTools(context, (found) => {
      misfits = found;
    }),
  );
  return state;
}

/** What was in force last; on a first start without a folder the starter policies. */
async function loadLast(context: PolicyContext, onError: (error: unknown) => void): Promise<void> {
  const stored = await findActiveBundle(context.store.sql);
  if (stored !== undefined) await restoreBundle(context, stored).catch(onError);
  else if (context.config.policies.folder === undefined) {
    const files = await readStarter();
    trustShipped(digestFiles(files));
    await activateBundle(context, system, { files: [...files] });
  }
}

async function loadFolder(context: PolicyContext, folder: string): Promise<void> {
  const files = await readFolder(folder);
  if (context.policies.live?.digest === digestFiles(files)) return;
  const { version, warnings, dropped } = await activateBundle(context, system, { files: [...files] });
  for (const { policyId, how } of dropped)
    context.log.warn({ policyId, how, version }, 'the folder gives back what an access review took away');
  context.log.info({ version, warnings: warnings.length }, 'the policies of the folder are in force');
}

function startWatching(folder: string, state: PolicyState, onError: (error: unknown) => void): () => void {
  try {
    return watchFolder({ folder, onChange: () => state.reload(), onError });
  } catch (error) {
    onError(error);
    return () => undefined;
  }
}

/** Limits as they are without arguments, which nobody has given yet. */
const withoutArguments = new WeakMap<Limits, Limits>();

function isWithinReach(request: Omit<DecisionRequest, 'arguments'>): boolean {
  const { limits } = request.task;
  let reach = withoutArguments.get(limits);
  if (reach === undefined) {
    reach = { ...limits, arguments: [] };
    withoutArguments.set(limits, reach);
  }
  const { upstream, target, dataDomain, effects, environment, now } = request;
  const tool = request.tool?.name ?? target;
  return permits(reach, { upstream, tool, arguments: {}, dataDomain, effects, environment, at: now })
    .permitted;
}
