import { togetherMilliseconds } from '../../agents/index.ts';
import type { Config } from '../../config/index.ts';
import type { Ghost, GhostKind } from './ghost.ts';
import type { InspectedAgent, InspectedAgents } from './inspected-agents.ts';
import { findOddHours, judgedDays, readWorkingHours } from './working-hours.ts';

export interface Yardstick extends Readonly<Config['agents']['ghosts']> {
  readonly now: number;
}

const day = 86_400_000;

/** Everything that is wrong with one agent, the worst first. */
export function judgeAgent(agent: InspectedAgent, of: InspectedAgents, by: Yardstick): readonly Ghost[] {
  const ghosts = [
    ...judgeOwner(agent),
    ...judgePlaces(agent, of, by),
    ...judgeDelegations(agent, of),
    ...judgeClaim(agent, of, by),
    ...judgeUse(agent, by),
    ...judgeHours(agent, of, by),
    ...judgeKeys(agent, of, by),
  ];
  const order = ['high', 'medium', 'low'];
  return ghosts.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function make(
  agent: InspectedAgent,
  kind: GhostKind,
  rest: Pick<Ghost, 'severity' | 'detail' | 'since' | 'fix'> & {
    readonly evidence?: readonly (string | null)[];
  },
): Ghost {
  const { evidence = [agent.registered_record], ...found } = rest;
  return {
    ...{ agentId: agent.id, agentName: agent.name, ownerId: agent.owner_id, ownerName: agent.owner_name },
    ...{ kind, ...found, evidence: evidence.filter((id) => id !== null) },
  };
}

function judgeOwner(agent: InspectedAgent): readonly Ghost[] {
  if (agent.state !== 'orphaned' && agent.owner_state === 'active') return [];
  const why = agent.state === 'orphaned' ? 'its owner has left' : `its owner is ${agent.owner_state}`;
  return [
    make(agent, 'no_owner', {
      ...{ severity: 'high', detail: `Nobody answers for it: ${why}.`, since: agent.changed_at },
      fix: `agents hand-over ${agent.name} --to <person>`,
    }),
  ];
}

function judgePlaces(
  agent: InspectedAgent,
  { places, keys }: InspectedAgents,
  { now }: Yardstick,
): readonly Ghost[] {
  const met = (places.get(agent.id) ?? []).filter(({ met_at: at }) => at !== null && at > now - 7 * day);
  const inUse = new Set((keys.get(agent.id) ?? []).map(({ thumbprint }) => thumbprint));
  const networks = new Set(met.map(({ network }) => network));
  const used = new Set(met.map(({ key_thumbprint: key }) => key).filter((key) => inUse.has(key)));
  if (networks.size < 2 && used.size < 2) return [];
  const seen = networks.size > 1 ? [...networks].sort() : [...used].sort();
  const what = networks.size > 1 ? 'networks' : 'keys';
  return [
    make(agent, 'two_places', {
      severity: 'high',
      detail: `Used with ${seen.length} ${what} within ${togetherMilliseconds / 60_000} minutes of one another: ${seen.slice(0, 4).join(', ')}.`,
      since: Math.min(...met.map((place) => place.met_at ?? now)),
      evidence: [agent.last_record],
      fix: `agents suspend ${agent.name}`,
    }),
  ];
}

function judgeDelegations(agent: InspectedAgent, { delegations }: InspectedAgents): readonly Ghost[] {
  const isGone = agent.state === 'orphaned';
  return (delegations.get(agent.id) ?? [])
    .filter(({ root_state: root }) => isGone || root !== 'active')
    .slice(0, 10)
    .map(({ id, created_at: since, root_state: root }) =>
      make(agent, 'delegation_to_nobody', {
        severity: 'medium',
        detail: isGone
          ? `Delegation ${id} is to an agent that nobody answers for.`
          : `Delegation ${id} rests on a person who is ${root}.`,
        ...{ since, evidence: [], fix: `delegations revoke ${id}` },
      }),
    );
}

function judgeClaim(
  agent: InspectedAgent,
  { delegations }: InspectedAgents,
  { now, unclaimedDays }: Yardstick,
): readonly Ghost[] {
  const waited = now - Math.max(agent.created_at, agent.last_at ?? 0);
  if (waited < unclaimedDays * day) return [];
  const isIdle = agent.kind === 'interactive' && (delegations.get(agent.id) ?? []).length === 0;
  if (agent.state !== 'registered' && !isIdle) return [];
  return [
    make(agent, 'unclaimed', {
      severity: 'medium',
      detail: isIdle
        ? 'It stands for a program that no person’s consent is in force for.'
        : 'It was registered and never activated.',
      ...{ since: agent.created_at, fix: `agents retire ${agent.name}` },
    }),
  ];
}

function judgeUse(agent: InspectedAgent, { now, unusedDays }: Yardstick): readonly Ghost[] {
  const since = agent.last_at ?? agent.created_at;
  if (agent.state !== 'active' || now - since < unusedDays * day) return [];
  const days = Math.floor((now - since) / day);
  return [
    make(agent, 'unused', {
      severity: 'low',
      detail:
        agent.last_at === null
          ? `Not one call since it was registered ${days} days ago.`
          : `No call for ${days} days.`,
      since,
      evidence: [agent.last_record ?? agent.registered_record],
      fix: `agents retire ${agent.name}`,
    }),
  ];
}

function judgeHours(agent: InspectedAgent, { days }: InspectedAgents, { now }: Yardstick): readonly Ghost[] {
  const today = Math.floor(now / day);
  const stated = readWorkingHours(agent.working_hours);
  const odd = findOddHours(days.get(agent.id) ?? [], stated, today) ?? [];
  const [first] = odd;
  if (first === undefined) return [];
  const calls = odd.reduce((sum, one) => sum + one.calls, 0);
  const hours = [...new Set(odd.map(({ hour }) => hour))].sort((a, b) => a - b);
  const whose = stated === null ? 'in which it did not work before' : 'outside those stated for it';
  return [
    make(agent, 'off_hours', {
      severity: 'medium',
      detail: `${calls} calls in the last ${judgedDays} days at hours ${whose} (UTC): ${hours.slice(0, 8).join(', ')}.`,
      since: first.day * day + first.hour * 3_600_000,
      evidence: odd.map(({ record }) => record).slice(0, 5),
      fix: `agents hours ${agent.name} --from <hour> --to <hour>`,
    }),
  ];
}

function judgeKeys(
  agent: InspectedAgent,
  { keys }: InspectedAgents,
  { now, keyDays }: Yardstick,
): readonly Ghost[] {
  return (keys.get(agent.id) ?? [])
    .filter(({ created_at: at }) => now - at >= keyDays * day)
    .slice(0, 10)
    .map(({ thumbprint, created_at: since }) =>
      make(agent, 'old_key', {
        severity: 'medium',
        detail: `Key ${thumbprint} has been in use for ${Math.floor((now - since) / day)} days.`,
        ...{ since, fix: `agents retire-key ${agent.name} ${thumbprint}` },
      }),
    );
}
