import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../../../context.ts';
import type { Actor } from '../../actor.ts';
import { matchFilter } from '../filter/match-filter.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import { type ListQuery, shapeResource } from '../list-query.ts';
import { applyPatch, mostChanges } from '../patch/apply-patch.ts';
import { readPatch } from '../patch/read-patch.ts';
import { type AgentUrn, readAgent } from '../schemas.ts';
import { refuseScim } from '../scim-error.ts';
import { nameVersion, requireVersion, type ScimRequest, showList } from '../scim-request.ts';
import { loadUser } from '../users/user-row.ts';

/** What agents can do for a directory; handed in, because agents stand on people and not the other way about. */
export interface AgentVerbs {
  /** Makes an agent that is registered and has no key: it may do nothing until its owner gives it one. */
  announce(context: Context, actor: Actor, input: unknown): Promise<{ readonly id: string }>;
  suspend(context: Context, actor: Actor, input: unknown): Promise<unknown>;
  retire(context: Context, actor: Actor, input: unknown): Promise<unknown>;
}

export interface AgentRequest extends ScimRequest {
  readonly urn: AgentUrn;
  readonly verbs: AgentVerbs;
}

/** Throws `person.scim_not_found` for a token that may not keep agents. */
export function requireAgents({ mayKeepAgents }: Pick<ScimRequest, 'mayKeepAgents'>): void {
  if (!mayKeepAgents) throw new AppError('person.scim_not_found');
}

/** Agents whose owners the directory keeps; a retired one is gone to it. */
function selectAgents({ context, directory }: ScimRequest) {
  return context.store.sql
    .selectFrom('agents')
    .innerJoin('scim_users', 'scim_users.person_id', 'agents.owner_id')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .select(['agents.id', 'agents.name', 'agents.owner_id', 'agents.purpose', 'agents.environment'])
    .select(['agents.state', 'agents.created_at', 'agents.changed_at', 'people.display_name as owner_name'])
    .where('scim_users.directory', '=', directory)
    .where('agents.state', '!=', 'retired');
}

type AgentRow = Awaited<ReturnType<ReturnType<typeof selectAgents>['executeTakeFirstOrThrow']>>;

async function loadAgent(request: ScimRequest, agentId: string): Promise<AgentRow> {
  if (!isId('agt', agentId)) throw new AppError('person.scim_not_found');
  const row = await selectAgents(request).where('agents.id', '=', agentId).executeTakeFirst();
  if (row === undefined) throw new AppError('person.scim_not_found');
  return row;
}

function showAgent({ baseUrl, urn }: AgentRequest, row: AgentRow): JsonRecord {
  const $ref = `${baseUrl}/Users/${row.owner_id}`;
  return {
    schemas: [urn],
    id: row.id,
    name: row.name,
    displayName: row.purpose,
    agentType: row.environment,
    active: row.state === 'active',
    owners: [{ value: row.owner_id, display: row.owner_name, $ref }],
    meta: {
      resourceType: 'Agent',
      created: new Date(row.created_at).toISOString(),
      lastModified: new Date(row.changed_at).toISOString(),
      location: `${baseUrl}/Agents/${row.id}`,
      version: nameVersion(row.changed_at),
    },
  };
}

export async function getAgent(request: AgentRequest, agentId: string): Promise<JsonRecord> {
  return showAgent(request, await loadAgent(request, agentId));
}

/** Throws `person.scim_conflict` for a name that is taken. */
export async function addAgent(request: AgentRequest, body: JsonRecord): Promise<JsonRecord> {
  const { context, actor } = request;
  const said = readAgent(body, request.urn);
  const ownerId = readOwner(said);
  if (ownerId === undefined) throw refuseScim('invalidValue', 'owners: exactly one');
  await loadUser(context.store, request, ownerId).catch(() => {
    throw refuseScim('invalidValue', 'owners: nobody whom this directory keeps');
  });
  const input = { name: said.name, ownerId, purpose: said.displayName ?? said.name };
  const { id } = await request.verbs.announce(context, actor, input).catch((thrown: unknown) => {
    throw thrown instanceof AppError && thrown.code === 'agent.exists'
      ? new AppError('person.scim_conflict')
      : thrown;
  });
  return getAgent(request, id);
}

function readOwner({ owners }: JsonRecord): string | undefined {
  const [first, ...others] = Array.isArray(owners) ? (owners as readonly unknown[]) : [];
  return isRecord(first) && typeof first.value === 'string' && others.length === 0 ? first.value : undefined;
}

export function replaceAgent(request: AgentRequest, agentId: string, body: JsonRecord): Promise<JsonRecord> {
  return changeAgent(request, agentId, () => body);
}

export function patchAgent(request: AgentRequest, agentId: string, body: JsonRecord): Promise<JsonRecord> {
  const operations = readPatch(body, mostChanges);
  return changeAgent(request, agentId, (now) => applyPatch(now, operations));
}

/**
 * A directory suspends an agent, and no more: whether a suspended one works again, and who answers for it, people here
 * decide. The answer shows what is so.
 */
async function changeAgent(
  request: AgentRequest,
  agentId: string,
  change: (now: JsonRecord) => JsonRecord,
): Promise<JsonRecord> {
  const row = await loadAgent(request, agentId);
  requireVersion(request, row.changed_at);
  const said = readAgent(change(showAgent(request, row)), request.urn);
  const owner = readOwner(said);
  if (said.name !== row.name || (said.owners !== undefined && owner !== row.owner_id))
    throw refuseScim('mutability', 'name and owners: people here give an agent to somebody else');
  if (said.active === false && (row.state === 'active' || row.state === 'registered'))
    await request.verbs.suspend(request.context, request.actor, { agentId });
  return getAgent(request, agentId);
}

export async function deleteAgent(request: AgentRequest, agentId: string): Promise<void> {
  const row = await loadAgent(request, agentId);
  requireVersion(request, row.changed_at);
  await request.verbs.retire(request.context, request.actor, { agentId });
}

const mostScanned = 20_000;

export async function listAgents(request: AgentRequest, query: ListQuery): Promise<JsonRecord> {
  const { filter, startIndex, count, shape } = query;
  const rows = await selectAgents(request)
    .orderBy('agents.id')
    .limit(mostScanned + 1)
    .execute();
  if (rows.length > mostScanned) throw refuseScim('tooMany', 'there are too many agents to look at');
  const agents = rows.map((row) => showAgent(request, row));
  const found = filter === null ? agents : agents.filter((agent) => matchFilter(agent, filter));
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return showList(
    page.map((agent) => shapeResource(agent, shape)),
    { total: found.length, startIndex },
  );
}
