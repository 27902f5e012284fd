import type { JsonObject } from '@countersign/core';
import { z } from 'zod';
import { decisionBody, intentBody, type RecordedDecision, readFacts } from './recorded-decision.ts';
import type { RequestFacts } from './request-facts.ts';

/** A tool call that was decided, as far as it is kept. */
export interface RecordedCall {
  readonly action: string;
  readonly task: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly callDigest: string;
  readonly toolDigest: string | undefined;
  readonly environment: string | undefined;
  readonly effects: readonly string[];
  readonly arguments: JsonObject;
  readonly spend: { readonly minor: number; readonly currency: string } | null;
  readonly effect: 'allow' | 'step_up' | 'deny';
  readonly decidedBy: string;
  /** Undefined in older records. */
  readonly provenance: RequestFacts['provenance'];
}

const spent = z.object({ spend: z.object({ minor: z.number(), currency: z.string() }).optional() });
const asked = z.object({ callDigest: z.string() });

/** Undefined for what was erased and what is no call of a tool. */
export function readRecordedCall({ decision, intent }: RecordedDecision): RecordedCall | undefined {
  if (decision.erased || intent.erased || intent.task === undefined || intent.action === undefined)
    return undefined;
  const said = intentBody.safeParse(intent.body);
  const digest = asked.safeParse(intent.body);
  const decided = decisionBody.safeParse(decision.body);
  const spend = spent.safeParse(decision.body);
  if (!said.success || !digest.success || !decided.success || !spend.success) return undefined;
  if (said.data.operation !== 'call') return undefined;
  const facts = readFacts(decided.data);
  const { effect, decidedBy } = decided.data;
  return {
    ...{ action: intent.action, task: intent.task, at: intent.at, callDigest: digest.data.callDigest },
    ...{ toolDigest: said.data.toolDigest, environment: facts?.environment, effects: said.data.effects },
    ...{ arguments: said.data.arguments, spend: spend.data.spend ?? null, effect, decidedBy },
    provenance: facts?.provenance,
  };
}
