import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { findOlderEnd } from './index-older-values.ts';

export const indexProgressAnswer = z.object({
  valuesWaiting: z.number().int().describe('The oldest records that cannot be found by their values yet'),
});

export async function getIndexProgress(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
): Promise<z.output<typeof indexProgressAnswer>> {
  requirePermission(actor, 'ledger.read');
  return { valuesWaiting: await findOlderEnd(store) };
}
