import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { addAgentKey, addAgentKeyInput } from './add-agent-key.ts';
import { addAgentWorkload, addAgentWorkloadInput } from './add-agent-workload.ts';
import { agentAnswer, agentDetailAnswer, agentPageAnswer, keysAnswer } from './agent-answer.ts';
import { getAgent } from './get-agent.ts';
import { listAgents, listAgentsInput } from './list-agents.ts';
import { listPeers } from './list-peers.ts';
import { agentChangeInput } from './move-agent.ts';
import { publishCard, publishCardInput, withdrawCard } from './publish-card.ts';
import { reassignAgent, reassignAgentInput } from './reassign-agent.ts';
import { registerAgent, registerAgentInput } from './register-agent.ts';
import { removeAgentWorkload, removeAgentWorkloadInput } from './remove-agent-workload.ts';
import { resumeAgent } from './resume-agent.ts';
import { retireAgent } from './retire-agent.ts';
import { retireAgentKey, retireAgentKeyInput } from './retire-agent-key.ts';
import { setAgentGroups, setAgentGroupsInput } from './set-agent-groups.ts';
import { suspendAgent } from './suspend-agent.ts';
import { workloadsAnswer } from './workload-view.ts';

const params = z.object({ id: idSchema('agt') });
const changes = { suspend: suspendAgent, resume: resumeAgent, retire: retireAgent } as const;

/** Everything under /v1/agents. */
export function agentRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listAgentsInput },
      responses: { 200: describeJson(agentPageAnswer, 'The inventory of agents') },
    }),
    async (c) => c.json(await listAgents(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(registerAgentInput),
      responses: { 201: describeJson(agentAnswer, 'The agent; it may do nothing yet') },
    }),
    async (c) => c.json(await registerAgent(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(agentDetailAnswer, 'The agent and its public keys') },
    }),
    async (c) => c.json(await getAgent(context, requestActor(c), c.req.valid('param').id), 200),
  );
  for (const [name, change] of Object.entries(changes)) {
    app.openapi(
      createRoute({
        method: 'post',
        path: `/{id}/${name}`,
        request: { params, ...describeBody(agentChangeInput.omit({ agentId: true })) },
        responses: { 200: describeJson(agentAnswer, 'The agent now') },
      }),
      async (c) => {
        const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
        return c.json(await change(context, requestActor(c), input), 200);
      },
    );
  }
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/owner',
      request: { params, ...describeBody(reassignAgentInput.omit({ agentId: true })) },
      responses: { 200: describeJson(agentAnswer, 'The agent now') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json(await reassignAgent(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/groups',
      request: { params, ...describeBody(setAgentGroupsInput.omit({ agentId: true })) },
      responses: { 200: describeJson(agentAnswer, 'The agent now') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json(await setAgentGroups(context, requestActor(c), input), 200);
    },
  );
  mountCard(app, context);
  mountKeys(app, context);
  mountWorkloads(app, context);
  return app;
}

const cardAnswer = publishCardInput.extend({ name: z.string(), purpose: z.string() });

const peersAnswer = z.object({
  card: publishCardInput
    .omit({ agentId: true })
    .extend({ address: z.string(), publishedAt: z.number() })
    .nullable(),
  calledAs: z.array(z.string()).readonly(),
  peers: z
    .array(
      z.object({
        upstream: z.string(),
        agentId: z.string().nullable(),
        direct: z.boolean(),
        begun: z.number(),
        waiting: z.number(),
      }),
    )
    .readonly(),
});

function mountCard(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/peers',
      request: { params },
      responses: { 200: describeJson(peersAnswer, 'Its card, and the peer agents that it may call') },
    }),
    async (c) => c.json(await listPeers(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/card',
      request: { params, ...describeBody(publishCardInput.omit({ agentId: true })) },
      responses: { 200: describeJson(cardAnswer, 'What is published of the agent') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json(await publishCard(context, requestActor(c), input), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/{id}/card',
      request: { params },
      responses: { 204: { description: 'Nobody can read it any more' } },
    }),
    async (c) => {
      await withdrawCard(context, requestActor(c), c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}

function mountKeys(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/keys',
      request: { params, ...describeBody(addAgentKeyInput.omit({ agentId: true })) },
      responses: { 201: describeJson(keysAnswer, 'All keys of the agent') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json({ keys: await addAgentKey(context, requestActor(c), input) }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/keys/{thumbprint}/retire',
      request: {
        params: params.extend({ thumbprint: retireAgentKeyInput.shape.thumbprint }),
        ...describeBody(retireAgentKeyInput.omit({ agentId: true, thumbprint: true })),
      },
      responses: { 200: describeJson(keysAnswer, 'All keys of the agent') },
    }),
    async (c) => {
      const { id: agentId, thumbprint } = c.req.valid('param');
      const input = { ...c.req.valid('json'), agentId, thumbprint };
      return c.json({ keys: await retireAgentKey(context, requestActor(c), input) }, 200);
    },
  );
}

function mountWorkloads(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/workloads',
      request: { params, ...describeBody(addAgentWorkloadInput.omit({ agentId: true })) },
      responses: { 201: describeJson(workloadsAnswer, 'All workloads of the agent') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), agentId: c.req.valid('param').id };
      return c.json({ workloads: await addAgentWorkload(context, requestActor(c), input) }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/workloads/{workloadId}/remove',
      request: {
        params: params.extend({ workloadId: removeAgentWorkloadInput.shape.workloadId }),
        ...describeBody(removeAgentWorkloadInput.omit({ agentId: true, workloadId: true })),
      },
      responses: { 200: describeJson(workloadsAnswer, 'All workloads of the agent') },
    }),
    async (c) => {
      const { id: agentId, workloadId } = c.req.valid('param');
      const input = { ...c.req.valid('json'), agentId, workloadId };
      return c.json({ workloads: await removeAgentWorkload(context, requestActor(c), input) }, 200);
    },
  );
}
