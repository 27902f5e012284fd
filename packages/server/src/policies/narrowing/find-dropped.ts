import { z } from 'zod';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import { nameNarrowingFile, readNarrowingName } from './narrowing-name.ts';

export const droppedAnswer = z.object({
  policyId: z.string(),
  file: z.string(),
  review: z.string(),
  item: z.string(),
  agent: z.string().nullable(),
  /** `missing`: the policy is not there any more. `changed`: it says something else. */
  how: z.enum(['missing', 'changed']),
});

/** What an access review had taken away from an agent by policy, and a bundle no longer does. */
export type DroppedNarrowing = Readonly<z.infer<typeof droppedAnswer>>;

/** Of the policies that access reviews wrote into one bundle, those that another does not have as they were. */
export function findDropped(
  before: readonly ParsedPolicy[],
  after: readonly ParsedPolicy[],
): readonly DroppedNarrowing[] {
  const kept = new Map(after.map((policy) => [policy.id, policy]));
  return before.flatMap((policy) => {
    const name = readNarrowingName(policy.id);
    if (name === undefined) return [];
    const now = kept.get(policy.id);
    if (now !== undefined && isSamePolicy(now, policy)) return [];
    const file = nameNarrowingFile(name.review);
    const agent = policy.head.agentId ?? null;
    return [{ policyId: policy.id, file, ...name, agent, how: now === undefined ? 'missing' : 'changed' }];
  });
}

/** As the engine reads them: spaces and comments make no difference. */
export function isSamePolicy(one: Pick<ParsedPolicy, 'json'>, other: Pick<ParsedPolicy, 'json'>): boolean {
  return JSON.stringify(one.json) === JSON.stringify(other.json);
}
