import type { PlainTool } from '@countersign/testkit';
import { type FlaggedTool, type McpGround, openMcpGround, type PinnedServer } from './mcp-ground.ts';
import { type McpCase, type McpCases, readCases } from './read-cases.ts';
import { type McpMiss, type Share, Tally } from './tally.ts';

type Shares = ReturnType<Tally['shares']>;

export interface McpFigures {
  /** Calls of tools that changed, were added or came instead of others at a server whose tools were pinned. */
  readonly after_pinning: Shares;
  /** Held when an upstream is added that has them from the start. */
  readonly first_sight: Shares;
  /** The same of whole servers and of added tools, where the tools they go for are pinned at another upstream. */
  readonly first_sight_beside: Shares;
  /** Honest tools; what is caught of these is a false alarm. */
  readonly clean: Share;
  /** Nothing that a definition shows: programs behind an unchanged definition, poisoned results, tampering by the host or the user. */
  readonly apart: Readonly<Record<string, number>>;
}

export interface McpReport {
  readonly figures: McpFigures;
  readonly misses: readonly McpMiss[];
}

/** Replays one file of attacks by MCP servers through the real server. */
export async function measureMcpAttacks(file: string): Promise<McpReport> {
  const cases = await readCases(file);
  const misses: McpMiss[] = [];
  const apart: Record<string, number> = {};
  const empty = await openMcpGround();
  let sight: Shares;
  try {
    sight = await measureFirstSight(empty, cases, misses);
  } finally {
    await empty.close();
  }
  const full = await openMcpGround();
  try {
    const { clean, servers } = await pinAll(full, cases, misses);
    const after_pinning = await measurePinned(full, cases, servers, misses, apart);
    const first_sight_beside = await measureBeside(full, cases, misses);
    return { figures: { after_pinning, first_sight: sight, first_sight_beside, clean, apart }, misses };
  } finally {
    await full.close();
  }
}

/** The honest servers, one after the other, each beside those before it. */
async function pinAll(ground: McpGround, { servers, pairs }: McpCases, misses: McpMiss[]) {
  const pinned: PinnedServer[] = [];
  const tally = new Tally();
  for (const [at, { server, tools }] of servers.entries()) {
    const name = `s${at}-${server.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}`.slice(0, 40);
    const seen = await ground.see(tools);
    for (const tool of tools) note(tally, misses, 'clean', 'none', server, tool, seen.get(tool.name));
    pinned.push(await ground.pin(name, tools));
  }
  for (const { id, base } of pairs) {
    const name = nameOf(id);
    if (!pinned.some((server) => server.name === name)) pinned.push(await ground.pin(name, base));
  }
  return { clean: tally.shares().all, servers: pinned };
}

async function measurePinned(
  ground: McpGround,
  { cases, pairs }: McpCases,
  servers: readonly PinnedServer[],
  misses: McpMiss[],
  apart: Record<string, number>,
): Promise<Shares> {
  const tally = new Tally();
  const judge = (attack: string, id: string, answers: ReadonlyMap<string, string>): void => {
    for (const [tool, why] of answers) {
      const isBlocked = why.startsWith('action.tool_quarantined');
      tally.add(attack, isBlocked ? 'caught' : 'missed');
      if (!isBlocked) misses.push({ where: 'after_pinning', attack, id, tool, why });
    }
  };
  for (const one of cases) {
    const { attack, id, tool } = one;
    const server = tool === null ? undefined : findServer(servers, one);
    if (tool === null || server === undefined) {
      apart[one.stage] = (apart[one.stage] ?? 0) + 1;
      continue;
    }
    const before = server.tools.find(({ name }) => name === tool.name);
    const after = {
      ...tool,
      inputSchema: one.how === 'added' ? tool.inputSchema : (before?.inputSchema ?? tool.inputSchema),
    };
    if (before?.description === after.description) {
      apart[`${one.stage}, definition unchanged`] = (apart[`${one.stage}, definition unchanged`] ?? 0) + 1;
      continue;
    }
    const tools = [...server.tools.filter(({ name }) => name !== tool.name), after];
    judge(attack, id, await ground.change(server, tools, [tool.name]));
  }
  for (const { id, attack, attacked } of pairs) {
    const server = servers.find(({ name }) => name === nameOf(id));
    if (server === undefined) throw new Error(`${id} was not pinned`);
    judge(attack, id, await ground.change(server, attacked, listAttacked(server.tools, attacked)));
  }
  return tally.shares();
}

async function measureFirstSight(ground: McpGround, all: McpCases, misses: McpMiss[]): Promise<Shares> {
  const tally = new Tally();
  for (const one of all.cases) {
    const { tool, attack, id } = one;
    if (tool === null || one.how === 'program') continue;
    const server = findManifest(all, one);
    const tools = [...(server?.tools ?? []).filter(({ name }) => name !== tool.name), tool];
    const seen = await ground.see(tools);
    note(tally, misses, 'first_sight', attack, id, tool, seen.get(tool.name));
  }
  for (const { id, attack, base, attacked } of all.pairs) {
    const seen = await ground.see(attacked);
    for (const name of listAttacked(base, attacked))
      note(tally, misses, 'first_sight', attack, id, findTool(attacked, name), seen.get(name));
  }
  return tally.shares();
}

async function measureBeside(
  ground: McpGround,
  { cases, pairs }: McpCases,
  misses: McpMiss[],
): Promise<Shares> {
  const tally = new Tally();
  for (const { how, tool, attack, id } of cases) {
    if (how !== 'added' || tool === null) continue;
    note(tally, misses, 'first_sight_beside', attack, id, tool, (await ground.see([tool])).get(tool.name));
  }
  for (const { id, attack, base, attacked } of pairs) {
    const seen = await ground.see(attacked);
    for (const name of listAttacked(base, attacked))
      note(tally, misses, 'first_sight_beside', attack, id, findTool(attacked, name), seen.get(name));
  }
  return tally.shares();
}

function note(
  tally: Tally,
  misses: McpMiss[],
  where: McpMiss['where'],
  attack: string,
  id: string,
  tool: PlainTool,
  seen: FlaggedTool | undefined,
): void {
  const found = seen?.findings ?? [];
  const isHeld = seen === undefined || seen.state === 'quarantined';
  tally.add(attack, isHeld ? 'caught' : found.length > 0 ? 'warned' : 'missed');
  if (isHeld === (where === 'clean'))
    misses.push({ where, attack, id, tool: tool.name, why: explain(found) });
}

function explain(found: FlaggedTool['findings']): string {
  if (found.length === 0) return 'its text is what an honest tool could say, and no tool like it was known';
  return found.map(({ kind, grade, because }) => `${grade} ${kind}: ${because}`).join('; ');
}

/** Tools that are not, word for word, at the server as it was. */
function listAttacked(base: readonly PlainTool[], attacked: readonly PlainTool[]): readonly string[] {
  const known = new Set(base.map((tool) => JSON.stringify(tool)));
  return attacked.filter((tool) => !known.has(JSON.stringify(tool))).map(({ name }) => name);
}

function findTool(tools: readonly PlainTool[], wanted: string): PlainTool {
  const tool = tools.find(({ name }) => name === wanted);
  if (tool === undefined) throw new Error(`no tool ${wanted}`);
  return tool;
}

/** The server the case is about: which has the tool as the case tells it, or a tool of that name; any for an added one. */
function findServer(servers: readonly PinnedServer[], one: McpCase): PinnedServer | undefined {
  return pick(servers, one);
}

function findManifest({ servers }: McpCases, one: McpCase) {
  return pick(servers, one);
}

function pick<Server extends { readonly tools: readonly PlainTool[] }>(
  servers: readonly Server[],
  { how, tool, base }: McpCase,
): Server | undefined {
  if (how === 'added') return servers[0];
  const named = servers.filter(({ tools }) => tools.some(({ name }) => name === tool?.name));
  return (
    named.find(({ tools }) => tools.some((known) => known.description === base?.description)) ?? named[0]
  );
}

/** Pairs of one server share what was there before. */
function nameOf(id: string): string {
  return `pair-${(id.split('/')[0] ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 60);
}
