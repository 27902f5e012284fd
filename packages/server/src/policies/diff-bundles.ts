import { AppError } from '@countersign/api';
import { z } from 'zod';
import { type Actor, requirePermission } from '../people/index.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { findBundle, readFiles } from './bundle/find-bundle.ts';
import { type ParsedPolicy, parseBundle } from './bundle/parse-bundle.ts';
import { bundleVersion } from './get-bundle.ts';
import { droppedAnswer, findDropped } from './narrowing/find-dropped.ts';

export const diffInput = z.strictObject({
  from: bundleVersion,
  to: bundleVersion.default('active'),
});

const oneRule = z.object({ id: z.string(), text: z.string() });

export const diffAnswer = z.object({
  from: z.string(),
  to: z.string(),
  isSame: z.boolean(),
  added: z.array(oneRule),
  removed: z.array(oneRule),
  changed: z.array(z.object({ id: z.string(), before: z.string(), after: z.string() })),
  unchanged: z.number(),
  dropped: z
    .array(droppedAnswer)
    .describe('What access reviews had taken away by policy in the first and the second gives back'),
});

export type BundleDifference = z.infer<typeof diffAnswer>;

/** What differs between two bundles, rule by rule. Comments and order make no difference. Throws `policy.not_found`. */
export async function diffBundles(
  context: PolicyContext,
  actor: Actor,
  input: z.input<typeof diffInput>,
): Promise<BundleDifference> {
  requirePermission(actor, 'policies.read');
  const given = diffInput.parse(input);
  const from = await readRules(context, given.from);
  const to = await readRules(context, given.to);
  const added = [...to.rules].filter(([id]) => !from.rules.has(id)).map(([id, text]) => ({ id, text }));
  const removed = [...from.rules].filter(([id]) => !to.rules.has(id)).map(([id, text]) => ({ id, text }));
  const changed = [...to.rules].flatMap(([id, after]) => {
    const before = from.rules.get(id);
    return before === undefined || before === after ? [] : [{ id, before, after }];
  });
  return {
    from: from.version,
    to: to.version,
    isSame: added.length + removed.length + changed.length === 0,
    ...{ added, removed, changed },
    unchanged: to.rules.size - added.length - changed.length,
    dropped: [...findDropped(from.policies, to.policies)],
  };
}

interface Rules {
  readonly version: string;
  readonly policies: readonly ParsedPolicy[];
  readonly rules: ReadonlyMap<string, string>;
}

async function readRules(context: PolicyContext, wanted: string): Promise<Rules> {
  const version = wanted === 'active' ? context.policies.version : wanted;
  const row = await findBundle(context.store.sql, version);
  if (row === undefined) throw new AppError('policy.not_found', { detail: wanted });
  const { policies } = parseBundle(readFiles(row));
  return { version, policies, rules: new Map(policies.map(({ id, source }) => [id, source.text])) };
}
