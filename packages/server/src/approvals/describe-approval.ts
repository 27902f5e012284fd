import { z } from 'zod';
import { checkVerdictSchema, showDrill } from './checks/index.ts';
import type { ViewedApproval } from './get-approval.ts';
import { CAUSAL_STEPS } from './presented.ts';
import type { StoredApproval } from './read-approval.ts';

const presentedSchema = z.object({
  sentence: z.array(z.object({ text: z.string(), strong: z.boolean() })).readonly(),
  template: z.object({ text: z.string(), toolDigest: z.string() }).nullable().exactOptional(),
  tier: z
    .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
    .exactOptional()
    .describe('How much care it needs: 0 reads, 3 is the gravest'),
  agentName: z.string(),
  ownerName: z.string(),
  requesterId: z.string(),
  requesterName: z.string(),
  environment: z.string(),
  operation: z.string(),
  effects: z.array(z.string()).readonly(),
  dataDomain: z.string(),
  chips: z.array(z.string()).readonly(),
  consequence: z.string(),
  steps: z
    .array(z.object({ kind: z.enum(CAUSAL_STEPS), text: z.string(), isTainted: z.boolean() }))
    .readonly()
    .exactOptional(),
  task: z.object({
    purpose: z.string(),
    prompt: z.string().nullable(),
    openedAt: z.number(),
    expiresAt: z.number(),
  }),
  chain: z
    .array(
      z.object({
        delegationId: z.string(),
        from: z.string(),
        to: z.string(),
        purpose: z.string().exactOptional(),
        dropped: z.array(z.string()).readonly().exactOptional(),
      }),
    )
    .readonly(),
  policyIds: z.array(z.string()).readonly(),
  matchCode: z.string(),
  askedName: z.string().nullable(),
  message: z.string().nullable(),
});

const passkeySchema = z.object({
  credentialId: z.string(),
  publicKey: z.string(),
  authenticatorData: z.string(),
  clientDataJson: z.string(),
  signature: z.string(),
  rpId: z.string(),
  origin: z.string(),
});

/** One line of a list. */
export const approvalSchema = z.object({
  id: z.string(),
  kind: z.enum(['call', 'once', 'authority', 'amendment']),
  askedPersonId: z.string().nullable(),
  drill: z
    .string()
    .nullable()
    .describe('The run of drills, or the check that is over, it belongs to: it releases nothing'),
  actionId: z.string(),
  agentId: z.string(),
  taskId: z.string(),
  ownerId: z.string(),
  upstream: z.string(),
  tool: z.string(),
  state: z.enum(['requested', 'approved', 'denied', 'expired', 'cancelled', 'released']),
  reason: z.string().nullable(),
  callDigest: z.string(),
  actionDigest: z.string(),
  policyVersion: z.string(),
  requirement: z.object({
    approvers: z.array(z.string()).readonly(),
    excluded: z.array(z.string()).readonly(),
    quorum: z.number(),
    method: z.literal('passkey'),
    withinSeconds: z.number(),
    notify: z.array(z.string()).readonly(),
    grant: z.enum(['no', 'task', 'delegation']).exactOptional(),
  }),
  approvals: z.number().describe('How many people have approved so far'),
  requestedAt: z.number(),
  expiresAt: z.number(),
  decidedAt: z.number().nullable(),
  groupId: z
    .string()
    .nullable()
    .describe('Equal for requests that one signature may approve together; null for those decided alone'),
  presented: presentedSchema,
  link: z.string(),
});

/** The whole of it: `signedAction` is the exact text whose SHA-256 every passkey signed. */
export const wholeApprovalSchema = approvalSchema.extend({
  signedAction: z.string(),
  votes: z
    .array(
      z.object({
        personId: z.string(),
        personName: z.string(),
        outcome: z.enum(['approve', 'deny']),
        reason: z.string().nullable(),
        at: z.number(),
        evidence: z.object({
          record: z.string(),
          decided: z.string().nullable(),
          passkey: passkeySchema.nullable(),
          digest: z.string().exactOptional().describe('Of the text that was voted on'),
          group: z
            .string()
            .exactOptional()
            .describe('The text, where one signature is over several requests'),
        }),
      }),
    )
    .readonly(),
  standing: z.object({ mayApprove: z.boolean(), mayDeny: z.boolean(), hasApproved: z.boolean() }),
  check: checkVerdictSchema.nullable().describe('How a check of the reader ended; null for whatever is real'),
});

export function describeApproval(approval: StoredApproval, link: string): z.input<typeof approvalSchema> {
  const { id, actionId, agentId, taskId, ownerId, upstream, tool, state, reason, requirement } = approval;
  const { callDigest, actionDigest, policyVersion, requestedAt, expiresAt, decidedAt, presented } = approval;
  const { kind, askedPersonId, groupId } = approval;
  const approvals = approval.votes.filter((vote) => vote.choice === 'approve').length;
  return {
    ...{
      id,
      kind,
      askedPersonId,
      drill: showDrill(approval),
      actionId,
      agentId,
      taskId,
      ownerId,
      upstream,
      tool,
      state,
      reason,
      requirement,
    },
    ...{ callDigest, actionDigest, policyVersion, requestedAt, expiresAt, decidedAt, presented },
    approvals,
    groupId,
    link,
  };
}

export function describeWholeApproval(
  { approval, standing, check }: ViewedApproval,
  link: string,
): z.input<typeof wholeApprovalSchema> {
  return {
    ...describeApproval(approval, link),
    signedAction: approval.signedAction,
    votes: approval.given,
    standing,
    check,
  };
}
