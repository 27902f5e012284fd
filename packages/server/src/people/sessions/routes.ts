import { AppError } from '@countersign/api';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import {
  describeBody,
  describeJson,
  forgetSession,
  type HttpEnv,
  readUserAgent,
  requestActor,
  sendSession,
} from '../../http/index.ts';
import { beginJoin, finishJoin } from '../accept-invite.ts';
import { type Challenges, createChallenges } from '../challenges.ts';
import { createRefusalRecorder } from '../create-refusal-recorder.ts';
import { getPerson } from '../get-person.ts';
import { mountPasskeys } from '../passkeys/routes.ts';
import { assertionInput, joinInput, linkToken } from '../person-input.ts';
import { joinedSchema, signedInSchema } from '../person-schema.ts';
import { mountRecovery } from '../recovery/routes.ts';
import { beginSignIn, finishSignIn } from '../sign-in.ts';
import { signOut } from '../sign-out.ts';
import { mountSessionList } from './list/routes.ts';
import { beginVerify, finishVerify } from './verify-session.ts';

/** Joining, signing in and out, and who is signed in. */
export function mountSessions(app: OpenAPIHono<HttpEnv>, context: Context): void {
  const challenges = createChallenges(context);
  const recordRefusal = createRefusalRecorder(context);
  const recordIfRefused: RecordIfRefused = async (work) => {
    try {
      return await work;
    } catch (thrown) {
      if (thrown instanceof AppError) recordRefusal(thrown.code);
      throw thrown;
    }
  };
  const ceremonies = { context, challenges, recordIfRefused };
  mountJoin(app, ceremonies);
  mountSignIn(app, ceremonies);
  mountSession(app, context);
  mountVerify(app, ceremonies);
  mountSessionList(app, context);
  mountPasskeys(app, context, challenges);
  mountRecovery(app, context, challenges);
}

type RecordIfRefused = <T>(work: Promise<T>) => Promise<T>;

interface Ceremonies {
  readonly context: Context;
  readonly challenges: Challenges;
  readonly recordIfRefused: RecordIfRefused;
}

function mountJoin(app: OpenAPIHono<HttpEnv>, ceremonies: Ceremonies): void {
  const { context, challenges, recordIfRefused } = ceremonies;
  app.openapi(
    createRoute({
      method: 'post',
      path: '/join/begin',
      request: describeBody(z.strictObject({ token: linkToken })),
      responses: { 200: { description: 'PublicKeyCredentialCreationOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => {
      const options = await recordIfRefused(beginJoin(context, challenges, c.req.valid('json').token));
      return c.json(options);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/join/finish',
      request: describeBody(joinInput),
      responses: { 200: describeJson(joinedSchema, 'Joined and signed in') },
    }),
    async (c) => {
      const { personId, secret } = await recordIfRefused(
        finishJoin(context, challenges, c.req.valid('json'), readUserAgent(c)),
      );
      sendSession(c, context, secret);
      return c.json({ personId }, 200);
    },
  );
}

function mountSignIn(app: OpenAPIHono<HttpEnv>, ceremonies: Ceremonies): void {
  const { context, challenges, recordIfRefused } = ceremonies;
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/begin',
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginSignIn(context, challenges)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/finish',
      request: describeBody(assertionInput),
      responses: { 200: describeJson(joinedSchema, 'Signed in') },
    }),
    async (c) => {
      const { personId, secret } = await recordIfRefused(
        finishSignIn(context, challenges, c.req.valid('json'), readUserAgent(c)),
      );
      sendSession(c, context, secret);
      return c.json({ personId }, 200);
    },
  );
}

function mountSession(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({ method: 'post', path: '/sign-out', responses: { 204: { description: 'Signed out' } } }),
    async (c) => {
      await signOut(context, requestActor(c));
      forgetSession(c, context);
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/me',
      responses: { 200: describeJson(signedInSchema, 'Who is signed in') },
    }),
    async (c) => {
      const actor = requestActor(c);
      if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
      const { audit } = actor;
      const limited = audit === undefined ? {} : { audit: { id: audit.id, until: audit.until } };
      return c.json({ ...(await getPerson(context.store, actor.person)), ...limited }, 200);
    },
  );
}

function mountVerify(app: OpenAPIHono<HttpEnv>, ceremonies: Ceremonies): void {
  const { context, challenges, recordIfRefused } = ceremonies;
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/verify/begin',
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginVerify(context, challenges, requestActor(c))),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/verify/finish',
      request: describeBody(assertionInput),
      responses: { 204: { description: 'Verified' } },
    }),
    async (c) => {
      const { secret } = await recordIfRefused(
        finishVerify(context, challenges, requestActor(c), c.req.valid('json')),
      );
      if (secret !== undefined) sendSession(c, context, secret);
      return c.body(null, 204);
    },
  );
}
