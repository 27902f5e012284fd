import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Context } from '../../../context.ts';
import { addUpstream, classifyTool, insertTools, loadTools, loadUpstream } from '../../../upstreams/index.ts';
import type { CopiedUpstream, Drill, FakeTool, FakeUpstream } from '../drill-schema.ts';
import type { DrillWorld } from '../world/drill-world.ts';
import { type DrilledAgent, drillSystem, enrolAgent, giveAuthority } from '../world/drilled-agent.ts';
import { openWorld } from '../world/open-world.ts';
import {
  createScriptedUpstream,
  type ScriptedTool,
  type ScriptedUpstream,
} from '../world/scripted-upstream.ts';
import type { Stage } from './stage.ts';

export interface DrillPlan {
  readonly drill: Drill;
  /** Id of the run. */
  readonly run: string;
  /** Groups that every agent of every drill is put in, so that policies which know agents by group apply. */
  readonly groups: readonly string[];
  readonly over: AbortSignal;
}

export interface OpenStage {
  readonly stage: Stage;
  readonly world: DrillWorld;
}

/** Builds the drill's world and puts everybody and everything in it in place. Throws what keeps it from that; nothing is left then. */
export async function setStage(live: Context, plan: DrillPlan): Promise<OpenStage> {
  const { drill, run } = plan;
  const scripts = await Promise.all(drill.upstreams.map((one) => scriptUpstream(live, one)));
  const upstreams = new Map(scripts.map(({ name, scripted }) => [name, scripted]));
  if (upstreams.size < scripts.length)
    throw new AppError('exposure.drill_invalid', { detail: `${drill.drill}: two upstreams have one name` });
  const world = await openWorld(live, `${run}-${drill.drill}`, upstreams);
  try {
    for (const { install } of scripts) await install(world.context);
    const ownerId = await addOwner(world.context, drill.owner.roles);
    const agents = await enrolAgents(world.context, ownerId, plan);
    const [first] = agents.values();
    if (first !== undefined) await giveAuthority(world.context, first, drill, [...upstreams.keys()]);
    const stage: Stage = {
      ...{ context: world.context, live, run, drill, ownerId, agents, upstreams, over: plan.over },
      inFlight: new Map(),
      lastAsked: null,
    };
    return { stage, world };
  } catch (thrown) {
    await world.close();
    throw thrown;
  }
}

interface Script {
  readonly name: string;
  readonly scripted: ScriptedUpstream;
  install(world: Context): Promise<void>;
}

function scriptUpstream(live: Context, upstream: FakeUpstream | CopiedUpstream): Promise<Script> {
  return 'copyOf' in upstream ? copyUpstream(live, upstream) : Promise.resolve(inventUpstream(upstream));
}

/** Looked at, pinned and classified as any upstream is that somebody adds. */
function inventUpstream({ name, environment, tools }: FakeUpstream): Script {
  const scripted = createScriptedUpstream(
    tools.map((tool) => ({ definition: describeTool(tool), results: tool.results })),
  );
  return {
    name,
    scripted,
    async install(world) {
      await addUpstream(world, drillSystem, {
        ...{ name, kind: 'mcp-http', settings: { url: `https://${name}.invalid/mcp` } },
        ...(environment === undefined ? {} : { environment }),
      });
      for (const { name: tool, classified } of tools)
        if (classified !== undefined)
          await classifyTool(world, drillSystem, { upstream: name, tool, ...classified });
    },
  };
}

function describeTool({
  name,
  title,
  description,
  inputSchema,
  annotations,
}: FakeTool): ScriptedTool['definition'] {
  const given = { name, title, description, inputSchema, annotations };
  const definition: JsonObject & { readonly name: string } = JSON.parse(JSON.stringify(given));
  return definition;
}

/** The rows of the upstream that is here, without where and how it is reached. */
async function copyUpstream(live: Context, { copyOf, results }: CopiedUpstream): Promise<Script> {
  const row = await loadUpstream(live.store.sql, copyOf);
  if (row.kind === 'hooks')
    throw new AppError('exposure.drill_invalid', {
      detail: `the tools of ${copyOf} run in a program, so no call of a drill would be decided: describe them as tools of a script`,
    });
  const tools = await loadTools(live.store.sql, copyOf);
  const apart = { ...row, settings: '{}', document: null };
  const scripted = createScriptedUpstream(
    tools.map(({ name, definition }) => ({
      definition: JSON.parse(definition),
      results: (Object.hasOwn(results, name) ? results[name] : undefined) ?? [
        { text: 'done', isError: false },
      ],
    })),
  );
  return {
    name: copyOf,
    scripted,
    async install(world) {
      await world.store.transaction(async (tx) => {
        await tx.sql.insertInto('upstreams').values(apart).execute();
        await insertTools(tx.sql, tools);
        tx.afterCommit(() => world.upstreams.put(apart, tools, scripted.connection));
      });
    },
  };
}

async function addOwner(world: Context, roles: readonly string[]): Promise<string> {
  const id = world.platform.newId('per');
  const row = { id, display_name: 'Owner in a drill', email: null, roles: JSON.stringify(roles) };
  await world.store.sql
    .insertInto('people')
    .values({ ...row, state: 'active', created_at: world.platform.now() })
    .execute();
  return id;
}

async function enrolAgents(
  world: Context,
  ownerId: string,
  { drill, groups }: DrillPlan,
): Promise<ReadonlyMap<string, DrilledAgent>> {
  const agents = new Map<string, DrilledAgent>();
  for (const [name, { purpose = drill.task.purpose, groups: own }] of Object.entries(drill.agents)) {
    const agent = { name, purpose, groups: [...new Set([...own, ...groups])] };
    agents.set(name, await enrolAgent(world, ownerId, agent));
  }
  return agents;
}
