import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { ScimToken } from '../people/scim-tokens.ts';

const soonMilliseconds = 14 * 86_400_000;

/** Tokens of directories that run out: after that nobody is told who left. */
export async function checkDirectories(api: ControlClient, now: number): Promise<readonly Finding[]> {
  const { tokens } = await api.get<{ readonly tokens: readonly ScimToken[] }>('/v1/people/scim-tokens');
  return describeTokens(tokens, now);
}

/** Pure, over what there is: a directory that has a longer-lived token is not in danger. */
export function describeTokens(
  tokens: readonly Pick<ScimToken, 'directory' | 'name' | 'expiresAt'>[],
  now: number,
): readonly Finding[] {
  return [...Map.groupBy(tokens, ({ directory }) => directory)].flatMap(([directory, theirs]) => {
    const until = Math.max(...theirs.map(({ expiresAt }) => expiresAt));
    if (until > now + soonMilliseconds) return [];
    const isOver = until <= now;
    const what = isOver
      ? `the token of the directory ${directory} has run out: nobody is told who left`
      : `the token of the directory ${directory} runs out within 14 days`;
    const fix = `countersign people scim-tokens add <name> --directory ${directory}, then put it into the directory`;
    return [{ id: isOver ? 'scim.over' : 'scim.ends', severity: isOver ? 'error' : 'warning', what, fix }];
  });
}
