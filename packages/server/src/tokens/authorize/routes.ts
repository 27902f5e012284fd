import { AppError, toAppError } from '@countersign/api';
import type { HttpBindings } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import {
  createRoutes,
  describeBody,
  describeJson,
  findVisitor,
  type HttpEnv,
  type PageAssets,
  pagePolicy,
  requestActor,
} from '../../http/index.ts';
import { renderErrorPage, renderReturnPage } from '../../http/render-page.ts';
import { assertionInput, findDisplayName, renderSignIn } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { findClient } from '../clients/find-client.ts';
import { createMinuteLimit } from '../minute-limit.ts';
import { toOAuthError } from '../oauth-error.ts';
import { readForm } from '../read-form.ts';
import { readTokenParameters } from '../token-parameters.ts';
import { beginConsent } from './begin-consent.ts';
import { changeChoices } from './change-choices.ts';
import { consentChoicesSchema } from './consent-choices.ts';
import { loadConsentRequest, requirePersonActor } from './consent-request.ts';
import { denyConsent, replaceConsent } from './deny-consent.ts';
import { grantConsent } from './grant-consent.ts';
import { listOffered } from './list-offered.ts';
import { openAuthorization } from './open-authorization.ts';
import { renderConsent } from './page/render-consent.ts';
import { renderBusy, renderGoBack } from './page/render-message.ts';
import { pushRequest } from './pushed-request.ts';

/** /oauth/authorize, /oauth/par and /consents/:id; mounted at the root. */
export function createAuthorizeRoutes(context: Context, assets: PageAssets): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  const page = async (c: HttpContext<HttpEnv>, work: () => Promise<Response>): Promise<Response> => {
    c.header('content-security-policy', pagePolicy);
    try {
      return await work();
    } catch (thrown) {
      // Whatever went wrong before the redirect URI was known to be the client's is shown here and goes nowhere.
      const error = toAppError(thrown);
      if (error.code === 'server.internal') {
        context.log.error({ err: error.cause ?? error }, 'authorization request failed');
      }
      c.status(error.entry.status as 400);
      return c.html(renderErrorPage(error, c.get('requestId'), assets));
    }
  };
  app.get('/oauth/authorize', (c) => page(c, () => authorize(c, context, assets)));
  app.get('/consents/:id', (c) => page(c, () => showConsent(c, context, assets)));
  const limit = createMinuteLimit(context.platform, { what: 'pushed requests', most: 600, mostKeys: 1 });
  app.post('/oauth/par', (c) =>
    answerPush(c, context, async () => {
      limit.spend('');
      return pushRequest(context, {
        parameters: readTokenParameters(await readForm(c.req.raw)),
        authorization: readHeader(c, 'authorization'),
        provenJkt: await readProof(c, context),
      });
    }),
  );
  return app;
}

async function authorize(c: HttpContext<HttpEnv>, context: Context, assets: PageAssets): Promise<Response> {
  const query = new URL(c.req.url).search.slice(1);
  const parameters = readTokenParameters(Buffer.from(query));
  // Spelt by us, so that nothing in it can end the address it is written into.
  const path = `/oauth/authorize?${new URLSearchParams(query)}`;
  const visitor = await findVisitor(c, context);
  if (visitor === undefined && c.req.header('sec-fetch-site') === 'cross-site') {
    return c.html(renderReturnPage(path, assets));
  }
  const actor = visitor && requirePersonActor(visitor);
  const step = await openAuthorization(context, parameters, actor);
  switch (step.kind) {
    case 'redirect':
      return c.redirect(step.location, 303);
    case 'show':
      c.status(step.error.entry.status as 400);
      return c.html(renderGoBack(assets, step));
    case 'sign-in':
      return c.html(renderSignIn(assets, path));
    case 'busy':
      return c.html(renderBusy(assets, step.id, path));
    case 'consent':
      return c.redirect(`/consents/${step.id}`, 303);
  }
}

async function showConsent(c: HttpContext<HttpEnv>, context: Context, assets: PageAssets): Promise<Response> {
  const actor = requirePersonActor(await findVisitor(c, context));
  const request = await loadConsentRequest(context, context.store, actor, c.req.param('id') ?? '');
  const client = await findClient(context, request.request.clientId);
  const offered = listOffered(context, request.request.upstreams);
  if (offered === undefined) throw new AppError('token.target_invalid');
  const personName = await findDisplayName(context, actor.person);
  return c.html(renderConsent({ request, client, offered, personName, assets }));
}

/** RFC 9126 §2.2, §2.3. */
async function answerPush(
  c: HttpContext<HttpEnv>,
  context: Context,
  work: () => ReturnType<typeof pushRequest>,
): Promise<Response> {
  c.header('cache-control', 'no-store');
  c.header('dpop-nonce', context.tokens.nextNonce());
  try {
    const { requestUri, expiresInSeconds } = await work();
    return c.json({ request_uri: requestUri, expires_in: expiresInSeconds }, 201);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'server.internal') context.log.error({ err: error.cause ?? error }, 'pushing failed');
    if (error.code !== 'token.proof_nonce_needed') {
      await context.tokens.refusals.record({ reason: error.code, authenticated: false });
    }
    const { status, body } = toOAuthError(error);
    return c.json(body, status);
  }
}

/** RFC 9449 §10.1: a proof that comes with a pushed request binds the code to its key. */
async function readProof(c: HttpContext<HttpEnv>, context: Context): Promise<string | null> {
  const bindings: Partial<HttpBindings> = c.env ?? {};
  const proofs = bindings.incoming?.headersDistinct.dpop ?? readHeader(c, 'dpop');
  const [proof, ...others] = proofs;
  if (proof === undefined) return null;
  if (others.length > 0) throw new AppError('token.proof_invalid', { detail: 'exactly one DPoP header' });
  return context.tokens.proofs.verify(proof, { method: 'POST', url: `${context.tokens.issuer}/oauth/par` });
}

function readHeader(c: HttpContext, name: string): readonly string[] {
  const value = c.req.header(name);
  return value === undefined ? [] : [value];
}

const params = z.object({ id: idSchema('cns') });
const went = describeJson(z.object({ location: z.string() }), 'Where the browser goes');

/** Mounted under `/v1/tokens`: what the consent page asks for; same origin and the person's own session only. */
export function createConsentRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'post',
      path: '/consents/{id}/choices',
      summary: 'Draft the delegation anew',
      request: { params, ...describeBody(consentChoicesSchema) },
      responses: { 200: describeJson(z.object({}), 'Drafted') },
    }),
    async (c) => {
      await changeChoices(context, requestActor(c), c.req.valid('param').id, c.req.valid('json'));
      return c.json({}, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/consents/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(z.strictObject({ digest: z.string().max(64) })) },
      responses: { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await beginConsent(context, requestActor(c), id, c.req.valid('json').digest));
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/consents/{id}/grant',
      summary: 'Allow exactly what was shown',
      request: { params, ...describeBody(z.strictObject({ assertion: assertionInput })) },
      responses: { 200: went },
    }),
    async (c) => {
      const { assertion } = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json({ location: await grantConsent(context, requestActor(c), id, assertion) }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/consents/{id}/deny',
      summary: 'Refuse',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: went },
    }),
    async (c) =>
      c.json({ location: await denyConsent(context, requestActor(c), c.req.valid('param').id) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/consents/{id}/replace',
      summary: 'Give it up for another window',
      request: { params, ...describeBody(z.strictObject({})) },
      responses: { 200: describeJson(z.object({}), 'Given up') },
    }),
    async (c) => {
      await replaceConsent(context, requestActor(c), c.req.valid('param').id);
      return c.json({}, 200);
    },
  );
  return app;
}
