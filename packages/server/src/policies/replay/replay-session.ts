import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { StoredRecord } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { policyFiles } from '../bundle/bundle-input.ts';
import { bundleVersion } from '../get-bundle.ts';
import { findCandidate } from './candidate.ts';
import type { ReplayContext } from './rebuild-request.ts';
import { type RecordedActions, readActions, replayActions, replayedActions } from './replay-actions.ts';

const which = {
  session: z
    .string()
    .min(1)
    .max(256)
    .describe(
      'The name that the client has for it (`Mcp-Session-Id`, `session_id`), or its digest in a record',
    ),
  of: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('The agent, or the enforcement point that asked: needed where several have one of this name'),
};
export const replaySessionInput = z.union([
  z.strictObject({ ...which, files: policyFiles }),
  z.strictObject({ ...which, version: bundleVersion }),
]);

export const replaySessionAnswer = z.object({
  session: z.string().describe('Its digest, as records hold it'),
  agent: z.string(),
  tasks: z.array(z.string()).describe('In which its actions were done, the first one first'),
  ...replayedActions,
});

type ReplaySessionAnswer = z.infer<typeof replaySessionAnswer>;

/**
 * One session again, of an MCP client or of a program that asks through hooks: its own actions and no others of its tasks,
 * in the order in which they came. Nothing is done or counted; that it was read is recorded. Throws
 * `policy.session_not_found`, `policy.session_ambiguous`, `policy.invalid`, `policy.not_found`.
 */
export async function replaySession(
  context: ReplayContext,
  actor: Actor,
  input: z.input<typeof replaySessionInput>,
): Promise<ReplaySessionAnswer> {
  requirePermission(actor, 'policies.read');
  requirePermission(actor, 'ledger.read');
  const given = replaySessionInput.parse(input);
  const { session, recorded } = await findActions(context, given.session);
  const { agent, actions: own } = requireOne(recorded, given.of);
  const candidate = await findCandidate(context, given);
  const selection = { session, agent };
  return {
    ...{ session, agent },
    tasks: [...new Set(own.intents.flatMap(({ task }) => (task === undefined ? [] : [task])))],
    ...(await replayActions(context, actor, { candidate, recorded: own, selection })),
  };
}

async function findActions(
  context: ReplayContext,
  name: string,
): Promise<{ readonly session: string; readonly recorded: RecordedActions }> {
  for (const session of [sha256(name), name]) {
    const recorded = await readActions(context, { session });
    if (recorded.intents.length > 0) return { session, recorded };
  }
  throw new AppError('policy.session_not_found');
}

/** Programs name their sessions themselves: what another agent did under this name is not mixed in. */
function requireOne(
  { decisions, intents, isCut }: RecordedActions,
  of: string | undefined,
): { readonly agent: string; readonly actions: RecordedActions } {
  const holders = Map.groupBy(intents, nameHolder);
  const fitting = [...holders].filter(([, [first]]) => of === undefined || names(first, of));
  const [only] = fitting;
  if (only === undefined) throw new AppError('policy.session_not_found');
  if (fitting.length > 1)
    throw new AppError('policy.session_ambiguous', { detail: fitting.map(([holder]) => holder).join(', ') });
  const [, own] = only;
  const ids = new Set(own.map(({ id }) => id));
  return {
    agent: own[0]?.agent ?? '',
    actions: { isCut, intents: own, decisions: decisions.filter(({ causes }) => ids.has(causes[0] ?? '')) },
  };
}

function nameHolder({ agent = '', body }: StoredRecord): string {
  return typeof body?.askedBy === 'string' ? `${agent} at ${body.askedBy}` : agent;
}

function names(intent: StoredRecord | undefined, of: string): boolean {
  return intent?.agent === of || intent?.body?.askedBy === of;
}
