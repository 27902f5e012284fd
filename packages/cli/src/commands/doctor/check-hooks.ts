import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { EnforcementPointFacts } from '../tokens/enforcement-point-facts.ts';
import type { UpstreamFacts } from '../upstreams/upstream.ts';

const soonMilliseconds = 3_600_000;

/** Which tools nobody asks about, and hooks whose secret runs out. */
export async function checkHooks(api: ControlClient, now: number): Promise<readonly Finding[]> {
  const upstreams = await api.list<UpstreamFacts>('/v1/upstreams');
  const points = await api.list<EnforcementPointFacts>('/v1/tokens/enforcement-points');
  return [...describeUnseen(upstreams), ...points.flatMap((point) => describeLife(point, now))];
}

/** Pure, over what there is. */
export function describeUnseen(upstreams: readonly Pick<UpstreamFacts, 'kind'>[]): readonly Finding[] {
  if (upstreams.some(({ kind }) => kind === 'hooks')) return [];
  const what =
    'no program asks through hooks: the gateway does not see tools that clients run themselves, such as a shell, an editor or fetching from the web';
  const fix = 'countersign upstreams add claude-code --preset claude-code (docs/hooks.md)';
  return [{ id: 'hook.none', severity: 'info', what, fix }];
}

export function describeLife(
  { name, hook }: Pick<EnforcementPointFacts, 'name' | 'hook'>,
  now: number,
): readonly Finding[] {
  if (hook === undefined || hook.expiresAt > now + soonMilliseconds) return [];
  const isOver = hook.expiresAt <= now;
  const what = isOver
    ? `the secret of the hook ${name} has run out: every call it asks about is denied`
    : `the secret of the hook ${name} runs out within the hour`;
  const fix = `countersign tokens add-hook <name> --agent ${hook.agentId} --upstream <name>`;
  return [{ id: isOver ? 'hook.over' : 'hook.ends', severity: 'warning', what, fix }];
}
