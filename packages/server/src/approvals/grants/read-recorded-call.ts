import { ARGUMENT_ROLES, isJsonObject, type JsonObject, type JsonValue, ORIGINS } from '@countersign/core';
import { z } from 'zod';
import type { StoredRecord } from '../../ledger/index.ts';

/** What is kept of a call that was decided, as far as a grant looks at it. */
const intentBody = z.object({
  arguments: z.custom<JsonObject>((value) => isJsonObject(value as JsonValue)),
  callDigest: z.string(),
  effects: z.array(z.string()),
  operation: z.literal('call'),
  toolDigest: z.string(),
});

const decisionBody = z.object({
  decidedBy: z.string(),
  effect: z.enum(['allow', 'step_up', 'deny']),
  facts: z.object({
    environment: z.string(),
    provenance: z.array(
      z.object({ pointer: z.string(), role: z.enum(ARGUMENT_ROLES), worst: z.enum(ORIGINS) }),
    ),
  }),
  spend: z.object({ minor: z.number(), currency: z.string() }).optional(),
});

export interface RecordedCall
  extends z.output<typeof intentBody>,
    Omit<z.output<typeof decisionBody>, 'facts'> {
  readonly action: string;
  readonly task: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly environment: string;
  readonly origins: z.output<typeof decisionBody>['facts']['provenance'];
}

/** Undefined for what was erased, what is no call of a tool, and what was recorded before enough was kept. */
export function readRecordedCall(decision: StoredRecord, intent: StoredRecord): RecordedCall | undefined {
  const { action, task, at } = intent;
  if (decision.erased || intent.erased || task === undefined || action === undefined) return undefined;
  const said = intentBody.safeParse(intent.body);
  const decided = decisionBody.safeParse(decision.body);
  if (!said.success || !decided.success) return undefined;
  const { facts, ...rest } = decided.data;
  const origins = facts.provenance;
  return { ...said.data, ...rest, action, task, at, environment: facts.environment, origins };
}
