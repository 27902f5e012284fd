import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { activateBundle } from './activate-bundle.ts';
import { askPolicies, questionAnswer, questionInput } from './ask-policies.ts';
import { activationInput, bundleInput } from './bundle/bundle-input.ts';
import { diffAnswer, diffBundles, diffInput } from './diff-bundles.ts';
import { bundleVersion, getBundle, wholeBundleAnswer } from './get-bundle.ts';
import { getPolicySchema } from './get-policy-schema.ts';
import { limitsAnswer, limitsInput, listLimits } from './limits/index.ts';
import { listBundles, listBundlesInput } from './list-bundles.ts';
import { mountModes } from './modes/routes.ts';
import { droppedAnswer } from './narrowing/find-dropped.ts';
import { reloadPolicies } from './reload-policies.ts';
import { mountHindsight } from './replay/routes.ts';
import { rollbackInput, rollbackPolicies } from './rollback-policies.ts';
import { bundleAnswer, complaintAnswer } from './show-bundle.ts';
import { validatePolicies } from './validate-policies.ts';

const params = z.object({ version: bundleVersion });
const complaints = z.array(complaintAnswer);
const pageAnswer = z.object({ items: z.array(bundleAnswer), next: z.string().nullable() });
const activationAnswer = z.object({
  version: z.string(),
  digest: z.string(),
  warnings: complaints,
  dropped: z
    .array(droppedAnswer)
    .describe('What access reviews had taken away by policy and this bundle gives back'),
});
const validationAnswer = z.object({
  valid: z.boolean(),
  digest: z.string(),
  policies: z.array(z.string()),
  complaints,
  dropped: z
    .array(droppedAnswer)
    .describe('What access reviews had taken away by policy and this bundle would give back'),
});

/** Everything under /v1/policies. */
export function policyRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  mountBundles(app, context);
  mountHistory(app, context);
  mountModes(app, context);
  mountQuestions(app, context);
  mountHindsight(app, context);
  // Last: its pattern would see the names above as versions.
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{version}',
      request: { params },
      responses: {
        200: describeJson(wholeBundleAnswer, 'A bundle with its files; `active` is the one in force'),
      },
    }),
    async (c) => c.json(await getBundle(context, requestActor(c), c.req.valid('param').version), 200),
  );
  return app;
}

function mountBundles(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listBundlesInput },
      responses: { 200: describeJson(pageAnswer, 'Bundles, newest first') },
    }),
    async (c) => {
      const page = await listBundles(context, requestActor(c), c.req.valid('query'));
      return c.json({ items: [...page.items], next: page.next }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(activationInput),
      responses: { 201: describeJson(activationAnswer, 'The bundle that is in force now') },
    }),
    async (c) => {
      const activation = await activateBundle(context, requestActor(c), c.req.valid('json'));
      const { warnings, dropped } = activation;
      return c.json({ ...activation, warnings: [...warnings], dropped: [...dropped] }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/reload',
      responses: { 200: describeJson(z.object({ version: z.string() }), 'The version in force now') },
    }),
    async (c) => c.json(await reloadPolicies(context, requestActor(c)), 200),
  );
}

function mountHistory(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/rollback',
      request: describeBody(rollbackInput),
      responses: { 201: describeJson(activationAnswer, 'The earlier bundle that is in force again') },
    }),
    async (c) => {
      const activation = await rollbackPolicies(context, requestActor(c), c.req.valid('json'));
      const { warnings, dropped } = activation;
      return c.json({ ...activation, warnings: [...warnings], dropped: [...dropped] }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/diff',
      request: { query: diffInput },
      responses: { 200: describeJson(diffAnswer, 'What differs between two bundles, rule by rule') },
    }),
    async (c) => c.json(await diffBundles(context, requestActor(c), c.req.valid('query')), 200),
  );
}

function mountQuestions(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/validate',
      request: describeBody(bundleInput),
      responses: {
        200: describeJson(validationAnswer, 'Whether the bundle could go live, and what is wrong'),
      },
    }),
    async (c) => {
      const validation = await validatePolicies(context, requestActor(c), c.req.valid('json'));
      const { policies, complaints: found, dropped } = validation;
      const lists = { policies: [...policies], complaints: [...found], dropped: [...dropped] };
      return c.json({ ...validation, ...lists }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/limits',
      request: { query: limitsInput },
      responses: {
        200: describeJson(limitsAnswer, 'What is used and left of the limits in force, the fullest first'),
      },
    }),
    async (c) => c.json(await listLimits(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/schema',
      responses: {
        200: describeJson(z.object({ schema: z.string() }), 'The Cedar schema of the pinned tools'),
      },
    }),
    async (c) => c.json({ schema: await getPolicySchema(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/ask',
      request: describeBody(questionInput),
      responses: { 200: describeJson(questionAnswer, 'What the policies in force say of a request') },
    }),
    async (c) => c.json(await askPolicies(context, requestActor(c), c.req.valid('json')), 200),
  );
}
