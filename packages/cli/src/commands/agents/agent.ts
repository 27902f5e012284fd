import { CliError } from '../../cli-error.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { exitCodes } from '../../exit-codes.ts';
import { formatTime } from '../../output/format-time.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface AgentKeyFacts {
  readonly thumbprint: string;
  readonly createdAt: number;
  readonly validUntil: number | null;
  readonly valid: boolean;
}

export interface WorkloadFacts {
  readonly id: string;
  readonly trust: string;
  readonly subject: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly removedAt: number | null;
}

export interface AgentFacts {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerState: string;
  readonly purpose: string;
  readonly environment: string;
  readonly groups: readonly string[];
  readonly state: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export const agentFields: readonly Column<AgentFacts>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['STATE', ({ state, ownerState }) => (ownerState === 'active' ? state : `${state}, owner ${ownerState}`)],
  ['ENVIRONMENT', ({ environment }) => environment],
  ['GROUPS', ({ groups }) => groups.join(',')],
  ['OWNER', ({ ownerName, ownerId }) => `${ownerName} (${ownerId})`],
  ['PURPOSE', ({ purpose }) => purpose],
];

export interface AgentModelFacts {
  readonly upstream: string;
  readonly asked: string;
  readonly answered: string;
  readonly systemDigest: string | null;
  readonly toolsDigest: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
}

export type AgentDetail = AgentFacts & {
  /** The one it has now first. */
  readonly models: readonly AgentModelFacts[];
  readonly keys: readonly AgentKeyFacts[];
  readonly workloads: readonly WorkloadFacts[];
};

export const agentDetailFields: readonly Column<AgentDetail>[] = [
  ...agentFields,
  ['REGISTERED', ({ createdAt }) => formatTime(createdAt)],
  ['KEYS', ({ keys }) => new ShownText(keys.map(describeKey).join('\n'))],
  ['WORKLOADS', ({ workloads }) => new ShownText(workloads.map(describeWorkload).join('\n'))],
  ['MODELS', ({ models }) => new ShownText(models.slice(0, 5).map(describeModel).join('\n'))],
];

export const keyFields: readonly Column<AgentKeyFacts>[] = [
  ['THUMBPRINT', ({ thumbprint }) => thumbprint],
  ['VALID', ({ valid }) => (valid ? 'yes' : 'no')],
  ['UNTIL', ({ validUntil }) => (validUntil === null ? 'replaced' : formatTime(validUntil))],
  ['ADDED', ({ createdAt }) => formatTime(createdAt)],
];

export const workloadFields: readonly Column<WorkloadFacts>[] = [
  ['ID', ({ id }) => id],
  ['TRUST', ({ trust }) => trust],
  ['SUBJECT', ({ subject }) => subject],
  ['FACTS', ({ facts }) => describeFacts(facts)],
  ['REMOVED', ({ removedAt }) => (removedAt === null ? '' : formatTime(removedAt))],
];

function describeModel(facts: AgentModelFacts): string {
  const { upstream, asked, answered, systemDigest, toolsDigest, lastAt } = facts;
  const model = asked === answered ? asked : `${asked} (${answered})`;
  const system = systemDigest === null ? 'no system prompt' : `system ${systemDigest}`;
  const tools = toolsDigest === null ? 'no tools' : `tools ${toolsDigest}`;
  return `${upstream}  ${model}  ${system}  ${tools}  last ${formatTime(lastAt)}`;
}

function describeWorkload({ trust, subject, facts, removedAt }: WorkloadFacts): string {
  const named = [`${trust}  ${subject}`, describeFacts(facts)].filter((text) => text !== '').join('  ');
  return removedAt === null ? named : `${named}  removed ${formatTime(removedAt)}`;
}

function describeFacts(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function describeKey({ thumbprint, valid, validUntil }: AgentKeyFacts): string {
  if (!valid) return `${thumbprint}  retired ${formatTime(validUntil)}`;
  return `${thumbprint}  ${validUntil === null ? 'in use' : `valid until ${formatTime(validUntil)}`}`;
}

/** The id of an agent that a person names by id or by name. */
export async function findAgentId(api: ControlClient, named: string): Promise<string> {
  if (named.startsWith('agt_')) return named;
  const agents = await api.list<AgentFacts>('/v1/agents', { limit: 200 }, 100_000);
  const found = agents.find(({ name }) => name === named);
  if (found !== undefined) return found.id;
  throw new CliError(`no agent is called ${named}`, {
    exitCode: exitCodes.remote,
    fix: '`countersign agents list` shows all',
  });
}

/** The names of all agents, by id. */
export async function nameAgents(api: ControlClient): Promise<ReadonlyMap<string, string>> {
  const agents = await api.list<AgentFacts>('/v1/agents', { limit: 200 }, 100_000);
  return new Map(agents.map(({ id, name }) => [id, name]));
}
