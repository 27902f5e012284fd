import { AppError } from '@countersign/api';
import type { CedarRequest } from '@countersign/core';
import type { PolicyFile } from '../bundle/complaint.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { judgeOrder } from '../decide/judge-order.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { writeRule } from '../from-example/write-rule.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { compileCandidate } from '../replay/candidate.ts';
import { judge } from '../replay/judge.ts';
import type { ReplayContext } from '../replay/rebuild-request.ts';
import {
  applyEdits,
  dropFromPermit,
  exceptFrom,
  moveForbid,
  type PolicyEdit,
  widenPermit,
} from './edit-policy.ts';

/** A way to let the request through, which was tried. */
export interface ProposedChange {
  readonly summary: string;
  readonly edits: readonly PolicyEdit[];
  readonly added: PolicyFile | null;
  readonly files: readonly PolicyFile[];
  readonly bundle: LiveBundle;
}

interface Idea {
  readonly summary: string;
  readonly edits: readonly PolicyEdit[];
  readonly added: PolicyFile | null;
}

export interface Wanted {
  readonly request: DecisionRequest;
  readonly told: CedarRequest;
  /** The decision record. */
  readonly record: string;
  readonly live: LiveBundle;
  readonly files: readonly PolicyFile[];
  /** How long trying may take: a large bundle takes long to compile. */
  readonly seconds: number;
}

const MOST_PERMITS = 3;
const MOST_CHANGES = 6;

/** Small changes of the bundle in force that would allow the request: each compiles, and was asked. Puts nothing in force. */
export async function proposeChanges(
  context: ReplayContext,
  wanted: Wanted,
): Promise<readonly ProposedChange[]> {
  const changes: ProposedChange[] = [];
  const { now } = context.platform;
  const started = now();
  for (const idea of listIdeas(wanted)) {
    if (changes.length === MOST_CHANGES || now() - started >= wanted.seconds * 1000) break;
    const change = await tryIdea(context, wanted, idea);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

async function tryIdea(
  context: ReplayContext,
  { request, files }: Wanted,
  idea: Idea,
): Promise<ProposedChange | undefined> {
  const changed = applyEdits(files, idea.edits);
  const { added } = idea;
  const all = added === null ? changed : [...changed.filter(({ name }) => name !== added.name), added];
  try {
    const { bundle } = await compileCandidate(context, all);
    const judged = judge(context.config, bundle, request);
    return judged.ok && judged.effect === 'allow' ? { ...idea, files: all, bundle } : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'policy.invalid') return undefined;
    throw error;
  }
}

/** What stands against it must be opened, and something must permit it. */
function listIdeas({ request, told, record, live }: Wanted): readonly Idea[] {
  const evaluation = live.compiled.evaluate(told);
  const counts = (id: string): boolean => judgeOrder(live.require(id), request).holds;
  const permits = evaluation.permits.filter(counts);
  const forbids = evaluation.forbids.filter(counts);
  const errors = evaluation.errors.filter(({ policyId }) => counts(policyId));
  const enforced = (id: string): boolean => (live.modes.get(id) ?? 'enforce') === 'enforce';
  const erring = errors.map(({ policyId }) => policyId);
  const against = [...forbids, ...erring]
    .map((id) => live.require(id))
    .filter(({ id, effect }) => effect === 'forbid' && enforced(id));
  const isPermitted = permits.some((id) => enforced(id) && live.require(id).stepUp === undefined);
  const candidates = live.compiled.candidates(told).map((id) => live.require(id));
  const failing = candidates.filter(
    ({ id, effect, stepUp }) =>
      effect === 'permit' && stepUp === undefined && enforced(id) && counts(id) && !permits.includes(id),
  );
  const openings = listOpenings(against, told);
  const nothing: Idea = { summary: '', edits: [], added: null };
  const grants = isPermitted ? [nothing] : listGrants(failing, { request, told, record });
  return openings.flatMap((opening) =>
    grants.map((grant) => ({
      summary: [opening.summary, grant.summary].filter((part) => part !== '').join('; '),
      edits: [...opening.edits, ...grant.edits],
      added: grant.added,
    })),
  );
}

function listOpenings(against: readonly ParsedPolicy[], told: CedarRequest): readonly Idea[] {
  if (against.length === 0) return [{ summary: '', edits: [], added: null }];
  const ids = against.map(({ id }) => id).join(', ');
  const moved = against.map((policy) => moveForbid(policy, told));
  const isMoved = moved.every((edit) => edit !== undefined);
  return [
    ...(isMoved ? [{ summary: `move the bound of ${ids} past this call`, edits: moved, added: null }] : []),
    {
      summary: `except this agent and this action from ${ids}`,
      edits: against.map((policy) => exceptFrom(policy, told)),
      added: null,
    },
  ];
}

function listGrants(
  failing: readonly ParsedPolicy[],
  { request, told, record }: Pick<Wanted, 'request' | 'told' | 'record'>,
): readonly Idea[] {
  const nearest = failing.slice(0, MOST_PERMITS);
  const edit = (found: PolicyEdit | undefined, summary: string): readonly Idea[] =>
    found === undefined ? [] : [{ summary, edits: [found], added: null }];
  const add = (isBounded: boolean, summary: string): Idea => {
    const { file } = writeRule(request, { record, group: null, isBounded });
    return { summary, edits: [], added: file };
  };
  return [
    add(true, 'permit this agent this action, with arguments like these'),
    ...nearest.flatMap((policy) => edit(widenPermit(policy, told), `widen ${policy.id} to this call`)),
    ...(request.tool === null ? [] : [add(false, 'permit this agent this action, whatever the arguments')]),
    ...nearest.flatMap((policy) =>
      edit(dropFromPermit(policy, told), `leave out of ${policy.id} what failed here`),
    ),
  ];
}
