import { z } from 'zod';
import { placeText, recordRead } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { policyFiles } from '../bundle/bundle-input.ts';
import { bundleVersion } from '../get-bundle.ts';
import { complaintAnswer } from '../show-bundle.ts';
import { findCandidate } from './candidate.ts';
import type { ReplayContext } from './rebuild-request.ts';
import { replayRecords } from './replay-records.ts';
import { tallyAnswer } from './tally.ts';

const DAY_SECONDS = 86_400;
const range = {
  sinceSeconds: z
    .number()
    .int()
    .min(1)
    .max(366 * DAY_SECONDS)
    .default(7 * DAY_SECONDS)
    .describe('How far back'),
  before: placeText.optional(),
  until: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Counts back from this time, epoch milliseconds, not from now'),
  seconds: z.number().min(0.1).max(60).default(20).describe('How long this answer may take'),
};

export const replayInput = z.union([
  z.strictObject({ ...range, files: policyFiles }),
  z.strictObject({ ...range, version: bundleVersion }),
]);

export const replayAnswer = tallyAnswer.extend({
  from: z.number().int().describe('Epoch milliseconds'),
  until: z.number().int(),
  reachedAt: z.number().int().describe('The oldest record that was looked at'),
  decisions: z.number().int(),
  byLimits: z.number().int().describe('Refused for what was delegated, whatever policy says'),
  notRebuilt: z.record(z.string(), z.number().int()).describe('Decisions that cannot be repeated, by reason'),
  next: z.string().nullable().describe('Where to go on; null when everything was read'),
  warnings: z.array(complaintAnswer),
});

export type ReplayAnswer = z.infer<typeof replayAnswer>;

/**
 * What other policies would have decided of the actions that were recorded. Nothing is done or counted. Throws
 * `policy.invalid`, `policy.not_found`.
 */
export async function replayPolicies(
  context: ReplayContext,
  actor: Actor,
  input: z.input<typeof replayInput>,
): Promise<ReplayAnswer> {
  requirePermission(actor, 'policies.read');
  requirePermission(actor, 'ledger.read');
  const given = replayInput.parse(input);
  const { before, seconds, sinceSeconds, until = context.platform.now() } = given;
  const { bundle, warnings } = await findCandidate(context, given);
  const from = Math.max(0, until - sinceSeconds * 1000);
  const { tallies, ...found } = await replayRecords(context, {
    ...{ from, seconds, against: 'recorded', candidates: [bundle] },
    ...(before === undefined ? {} : { before }),
  });
  await recordRead(context, actor, {
    how: 'replay',
    selection: { from, until },
    shown: { records: found.decisions, lowest: null, highest: null },
  });
  const [tally] = tallies;
  if (tally === undefined) throw new Error('every candidate is counted');
  return {
    ...tally.read(),
    ...found,
    notRebuilt: { ...found.notRebuilt },
    from,
    until,
    warnings: [...warnings],
  };
}
