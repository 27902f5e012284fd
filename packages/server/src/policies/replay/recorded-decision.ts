import { EFFECTS, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { z } from 'zod';
import type { StoredRecord } from '../../ledger/index.ts';
import { OPERATIONS } from '../operations.ts';
import { requestFacts } from './request-facts.ts';

/** A decision with the intent that it is about. */
export interface RecordedDecision {
  readonly decision: StoredRecord;
  readonly intent: StoredRecord;
}

export type Effect = 'allow' | 'step_up' | 'deny';

/** The part of an intent that policies are told. */
export const intentBody = z.object({
  arguments: z.custom<JsonObject>((value) => isJsonObject(value as JsonValue)),
  dataDomain: z.string(),
  effects: z.array(z.enum(EFFECTS)),
  omitted: z.array(z.string()).optional(),
  operation: z.enum(OPERATIONS),
  predicted: z.boolean().optional(),
  target: z.string(),
  toolDigest: z.string().optional(),
});

export const decisionBody = z.object({
  decidedBy: z.enum(['limits', 'policy', 'binding', 'approval']),
  effect: z.enum(['allow', 'step_up', 'deny']),
  policies: z.array(z.string()),
  reasons: z.array(z.looseObject({ code: z.string() })),
  observed: z.array(z.object({ policyId: z.string(), mode: z.string(), would: z.string() })).optional(),
  requirement: z.unknown().optional(),
  facts: z.unknown().optional(),
  mapped: z.array(z.object({ effect: z.string() })).optional(),
});

export type DecisionBody = z.infer<typeof decisionBody>;

/** What policy said; an approval lets through what policy asked a person about. */
export function readEffect({ decidedBy, effect, requirement }: DecisionBody): Effect {
  return decidedBy === 'approval' && requirement !== undefined ? 'step_up' : effect;
}

/** Undefined for a record that was written before facts were. */
export function readFacts(body: DecisionBody) {
  const facts = requestFacts.safeParse(body.facts);
  return facts.success ? facts.data : undefined;
}
