import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { assertionInput } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { addHold, addHoldInput, endHold, endHoldInput, listHolds } from '../holds/holds.ts';
import { backUpKeys, destroyCopy, listCopies } from '../keys/key-copies.ts';
import { confirmClock, confirmClockInput, getClock } from '../retention/confirm-clock.ts';
import { askErasure, askErasureInput } from './ask-erasure.ts';
import { cancelErasure } from './cancel-erasure.ts';
import { listErasures } from './list-erasures.ts';
import { previewErasure, previewErasureInput } from './preview-erasure.ts';
import { beginSignErasure, signErasure } from './sign-erasure.ts';

const counts = z.record(z.string(), z.number().int());
const preview = z.object({
  id: z.string(),
  digest: z.string(),
  records: z.number().int(),
  classes: counts,
  kinds: counts,
});
const previewAnswer = preview.extend({ holds: z.array(z.string()).readonly() });
const requestAnswer = z.object({
  id: z.string(),
  selection: z.string(),
  digest: z.string().describe('SHA-256 of the text that both sign'),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: z.number().int(),
  expiresAt: z.number().int(),
  state: z.enum(['asked', 'signed', 'erased', 'cancelled', 'expired']),
  link: z.string().describe('Where it is shown and signed with a passkey'),
});
const requestsAnswer = z.object({ items: z.array(requestAnswer).readonly() });
const erasedAnswer = preview.extend({
  number: z.number().int(),
  record: z.string(),
  keyCopies: z.array(z.number().int()).readonly(),
});
const signedAnswer = z.object({ request: requestAnswer, erased: erasedAnswer.nullable() });
const requestParams = z.object({ id: idSchema('ers') });
const holdAnswer = z.object({
  id: z.string(),
  selection: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.number().int(),
  endedAt: z.number().int().nullable(),
});
const holdsAnswer = z.object({ items: z.array(holdAnswer).readonly() });
const copyAnswer = z.object({
  number: z.number().int(),
  erasures: z.number().int(),
  by: z.string(),
  at: z.number().int(),
  destroyedAt: z.number().int().nullable(),
  isStale: z.boolean(),
});
const copiesAnswer = z.object({ items: z.array(copyAnswer).readonly() });
const clockAnswer = z.object({ jumpedAt: z.number().int().nullable() });
const backedUpAnswer = z.object({ copy: copyAnswer, file: z.string() });

/** Erasures, holds and copies of the keys, under /v1/ledger. */
export function mountPrivacy(app: OpenAPIHono<HttpEnv>, context: Context): void {
  mountErasures(app, context);
  mountHolds(app, context);
  mountCopies(app, context);
  mountClock(app, context);
}

function mountErasures(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/erasures/preview',
      request: describeBody(previewErasureInput),
      responses: { 200: describeJson(previewAnswer, 'What would be erased, with the digest to ask for it') },
    }),
    async (c) => c.json(await previewErasure(context, requestActor(c), c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/erasures',
      responses: { 200: describeJson(requestsAnswer, 'Erasures that were asked for, newest first') },
    }),
    async (c) => c.json({ items: await listErasures(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/erasures',
      request: describeBody(askErasureInput),
      responses: { 201: describeJson(requestAnswer, 'An erasure that waits for two passkeys') },
    }),
    async (c) => c.json(await askErasure(context, requestActor(c), c.req.valid('json')), 201),
  );
  mountSigning(app, context);
}

function mountSigning(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/erasures/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params: requestParams, ...describeBody(z.strictObject({})) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginSignErasure(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/erasures/{id}/sign',
      request: { params: requestParams, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: {
        200: describeJson(signedAnswer, 'Signed; with the second signature carried out, for good'),
      },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      return c.json(await signErasure(context, requestActor(c), c.req.valid('param').id, assertion), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/erasures/{id}/cancel',
      request: { params: requestParams },
      responses: { 200: describeJson(requestAnswer, 'Cancelled: nobody can sign it any more') },
    }),
    async (c) => c.json(await cancelErasure(context, requestActor(c), c.req.valid('param').id), 200),
  );
}

function mountHolds(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/holds',
      responses: { 200: describeJson(holdsAnswer, 'Holds, newest first') },
    }),
    async (c) => c.json({ items: await listHolds(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/holds',
      request: describeBody(addHoldInput),
      responses: { 201: describeJson(holdAnswer, 'The hold, in force') },
    }),
    async (c) => c.json(await addHold(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/holds/{id}/end',
      request: {
        params: z.object({ id: idSchema('hld') }),
        ...describeBody(endHoldInput.omit({ holdId: true })),
      },
      responses: { 200: describeJson(holdAnswer, 'The hold, ended') },
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), holdId: c.req.valid('param').id };
      return c.json(await endHold(context, requestActor(c), input), 200);
    },
  );
}

function mountCopies(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/key-copies',
      responses: { 200: describeJson(copiesAnswer, 'Copies of the evidence keys, newest first') },
    }),
    async (c) => c.json({ items: await listCopies(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/key-copies',
      responses: { 201: describeJson(backedUpAnswer, 'The copy: a file, sealed under the master key') },
    }),
    async (c) => c.json(await backUpKeys(context, requestActor(c)), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/key-copies/{number}/destroyed',
      request: { params: z.object({ number: z.coerce.number().int().min(1) }) },
      responses: { 200: describeJson(copyAnswer, 'The copy, said to be no more') },
    }),
    async (c) => c.json(await destroyCopy(context, requestActor(c), c.req.valid('param')), 200),
  );
}

function mountClock(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/clock',
      responses: {
        200: describeJson(clockAnswer, 'Since when the clock is doubted, by which evidence grows old'),
      },
    }),
    async (c) => c.json(await getClock(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/clock/confirm',
      request: describeBody(confirmClockInput),
      responses: { 200: describeJson(clockAnswer, 'Believed again') },
    }),
    async (c) => c.json(await confirmClock(context, requestActor(c), c.req.valid('json')), 200),
  );
}
