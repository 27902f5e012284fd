import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import {
  describeBody,
  describeJson,
  type HttpEnv,
  readUserAgent,
  requestActor,
  sendSession,
} from '../../http/index.ts';
import type { Challenges } from '../challenges.ts';
import { linkToken } from '../person-input.ts';
import { joinedSchema } from '../person-schema.ts';
import { confirmRecovery, recoverByOperator } from './confirm-recovery.ts';
import { endRecovery, listRecoveries } from './end-recovery.ts';
import { openRecovery } from './open-recovery.ts';
import { beginRecover, finishRecover } from './recover.ts';
import {
  openRecoveryInput,
  recoverInput,
  recoveryId,
  recoveryLink,
  recoveryList,
  recoveryView,
} from './recovery-input.ts';

const params = z.object({ recovery: recoveryId });

/** Recovering people who lost all passkeys, and the one-time link that does it. */
export function mountRecovery(app: OpenAPIHono<HttpEnv>, context: Context, challenges: Challenges): void {
  mountLink(app, context, challenges);
  app.openapi(
    createRoute({
      method: 'get',
      path: '/recoveries',
      responses: { 200: describeJson(recoveryList, 'Open recoveries') },
    }),
    async (c) => c.json(await listRecoveries(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recoveries',
      request: describeBody(openRecoveryInput),
      responses: { 201: describeJson(recoveryView, 'Waits for another administrator') },
    }),
    async (c) => c.json(await openRecovery(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recoveries/operator',
      request: describeBody(openRecoveryInput),
      responses: { 201: describeJson(recoveryLink, 'The link, shown once') },
    }),
    async (c) => c.json(await recoverByOperator(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recoveries/{recovery}/confirm',
      request: { params },
      responses: { 200: describeJson(recoveryLink, 'The link, shown once') },
    }),
    async (c) => c.json(await confirmRecovery(context, requestActor(c), c.req.valid('param').recovery), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recoveries/{recovery}/end',
      request: { params },
      responses: { 204: { description: 'Ended' } },
    }),
    async (c) => {
      await endRecovery(context, requestActor(c), c.req.valid('param').recovery);
      return c.body(null, 204);
    },
  );
}

function mountLink(app: OpenAPIHono<HttpEnv>, context: Context, challenges: Challenges): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recover/begin',
      request: describeBody(z.strictObject({ token: linkToken })),
      responses: { 200: { description: 'PublicKeyCredentialCreationOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginRecover(context, challenges, c.req.valid('json').token)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/recover/finish',
      request: describeBody(recoverInput),
      responses: { 200: describeJson(joinedSchema, 'Recovered and signed in') },
    }),
    async (c) => {
      const recovered = await finishRecover(context, challenges, c.req.valid('json'), readUserAgent(c));
      sendSession(c, context, recovered.secret);
      return c.json({ personId: recovered.personId }, 200);
    },
  );
}
