import { AppError } from '@countersign/api';
import { type CausalGraph, WALK_BOUNDS, walkBack, walkOn } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { describeShown, recordRead } from '../reads/index.ts';
import { narrowSource, showGraph } from '../scope/narrow-source.ts';
import { requireReading } from '../scope/reading.ts';
import { createCausalSource } from './create-causal-source.ts';
import { findEffect } from './find-effect.ts';

const longestMs = 5_000;

export const causalIdInput = z.strictObject({
  id: z
    .string()
    .regex(/^(?:[a-z]{3}_[0-9A-Za-z]{1,64}|[0-9A-Za-z_-]{43})$/)
    .describe('Of a record, action, approval, task, delegation or agent, or the digest of a call'),
});
export const causalBoundsInput = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(WALK_BOUNDS.nodes)
    .describe('Records in the answer'),
});
export const causalInput = causalIdInput.extend(causalBoundsInput.shape);

type Input = z.input<typeof causalInput>;
type Reading = Pick<Context, 'platform' | 'store'>;

/** What the record followed from, back to prompt, policies and people. Throws `ledger.record_not_found`. */
export function explainRecord(
  context: Reading,
  actor: Actor,
  input: Input,
): Promise<CausalGraph<StoredRecord>> {
  return walk(context, actor, input, 'back');
}

/** What followed from the record, in any task and of any agent. Throws `ledger.record_not_found`. */
export function traceImpact(
  context: Reading,
  actor: Actor,
  input: Input,
): Promise<CausalGraph<StoredRecord>> {
  return walk(context, actor, input, 'on');
}

async function walk(
  context: Reading,
  actor: Actor,
  input: Input,
  direction: 'back' | 'on',
): Promise<CausalGraph<StoredRecord>> {
  const reading = await requireReading(context, actor, 'ledger.read');
  const { id, limit } = causalInput.parse(input);
  const { now } = context.platform;
  const started = now();
  const record = await findEffect(context, id, direction);
  if (!reading.isVisible(record)) throw new AppError('ledger.record_not_found');
  const source = narrowSource(createCausalSource(context), reading);
  const bounds = { ...WALK_BOUNDS, nodes: limit, isOver: () => now() - started > longestMs };
  const graph = await (direction === 'back' ? walkBack : walkOn)(source, record, bounds);
  await recordRead(context, actor, {
    how: direction === 'back' ? 'why' : 'impact',
    selection: { id, record: record.id },
    shown: describeShown(graph.nodes.map((node) => node.record)),
  });
  return showGraph(graph, reading);
}
