import { z } from 'zod';
import { type Actor, requirePermission } from '../people/index.ts';
import { type Page, pageQuery } from '../wire/page.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { type BundleView, showBundle } from './show-bundle.ts';

export const listBundlesInput = z.strictObject(pageQuery);

/** Newest first. */
export async function listBundles(
  context: PolicyContext,
  actor: Actor,
  input: unknown,
): Promise<Page<BundleView>> {
  requirePermission(actor, 'policies.read');
  const { cursor, limit } = listBundlesInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('policy_bundles')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('version', '<', cursor ?? ''))
    .orderBy('version', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => showBundle(row, context.policies.version));
  return { items, next: rows.length > limit ? (items.at(-1)?.version ?? null) : null };
}
