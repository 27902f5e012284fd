import type { HttpBindings } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../context.ts';
import { createRoutes, type HttpEnv, requestActor } from '../http/index.ts';
import { everyUpstream } from '../upstreams/index.ts';
import { answerTokenRequest } from './answer-token-request.ts';
import type { ClientCertificate } from './certificates/client-certificate.ts';
import {
  describeAuthorizationServer,
  describeOpenIdProvider,
  describeProtectedResource,
} from './metadata.ts';
import { readForm } from './read-form.ts';
import {
  apiResource,
  controlResource,
  modelResource,
  peerResource,
  readUpstreamResource,
  resourceMetadataUrl,
  upstreamResource,
} from './resource-urls.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';

/** The authorization server's endpoints, mounted at the root. */
export function createTokenRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  const { issuer, signingKeys } = context.tokens;
  // RFC 8414 §3.1, RFC 9728 §3.1: the path of an issuer that has one follows the well-known part.
  const path = new URL(issuer).pathname.replace(/\/$/, '');
  const publish = (c: HttpContext, document: object) =>
    c.json(document, 200, { 'cache-control': 'max-age=60' });

  app.get(`/.well-known/oauth-authorization-server${path}`, (c) =>
    publish(c, describeAuthorizationServer(issuer, context.tokens.offers)),
  );
  app.get(`/.well-known/openid-configuration${path}`, (c) =>
    publish(c, describeOpenIdProvider(issuer, context.tokens.offers)),
  );
  app.get(new URL(resourceMetadataUrl(controlResource(issuer))).pathname, (c) =>
    publish(c, describeProtectedResource(issuer, controlResource(issuer), context.tokens.offers)),
  );
  // Answered for every well-formed name: which upstreams exist is nobody's business before a token is shown.
  app.get(`/.well-known/oauth-protected-resource${path}/mcp/:upstream`, (c) => {
    const resource = upstreamResource(issuer, c.req.param('upstream'));
    if (readUpstreamResource(issuer, resource) === undefined) return c.notFound();
    return publish(c, describeProtectedResource(issuer, resource, context.tokens.offers));
  });
  app.get(`/.well-known/oauth-protected-resource${path}/mcp`, (c) => {
    const resource = upstreamResource(issuer, everyUpstream);
    return publish(c, describeProtectedResource(issuer, resource, context.tokens.offers));
  });
  app.get(`/.well-known/oauth-protected-resource${path}/http/:upstream`, (c) => {
    const resource = apiResource(issuer, c.req.param('upstream'));
    if (readUpstreamResource(issuer, resource) === undefined) return c.notFound();
    return publish(c, describeProtectedResource(issuer, resource, context.tokens.offers));
  });
  app.get(`/.well-known/oauth-protected-resource${path}/models/:upstream`, (c) => {
    const resource = modelResource(issuer, c.req.param('upstream'));
    if (readUpstreamResource(issuer, resource) === undefined) return c.notFound();
    return publish(c, describeProtectedResource(issuer, resource, context.tokens.offers));
  });
  app.get(`/.well-known/oauth-protected-resource${path}/a2a/:upstream`, (c) => {
    const resource = peerResource(issuer, c.req.param('upstream'));
    if (readUpstreamResource(issuer, resource) === undefined) return c.notFound();
    return publish(c, describeProtectedResource(issuer, resource, context.tokens.offers));
  });
  app.get('/oauth/jwks', (c) => publish(c, signingKeys.publish(context.platform.now())));
  app.post('/oauth/token', (c) => serveTokenRequest(c, context));
  return app;
}

/** For whoever comes without a connection of its own; over one, `createTokenDoor` answers. */
async function serveTokenRequest(c: HttpContext, context: Context): Promise<Response> {
  const { status, headers, body } = await answerTokenRequest(context, async () => ({
    body: await readForm(c.req.raw),
    dpop: readHeader(c, 'dpop'),
    authorization: readHeader(c, 'authorization'),
    certificate: findCertificate(c, context),
  }));
  return c.json(body, status, headers);
}

/** Repeated header lines arrive joined by a comma, which no proof contains: they are refused as malformed. */
function readHeader(c: HttpContext, name: string): readonly string[] {
  const value = c.req.header(name);
  return value === undefined ? [] : [value];
}

function findCertificate(c: HttpContext, context: Context): ClientCertificate | undefined {
  const bindings: Partial<HttpBindings> = c.env ?? {};
  return bindings.incoming && context.tokens.findCertificate(bindings.incoming);
}

const rotation = createRoute({
  method: 'post',
  path: '/keys/rotate',
  summary: 'Sign new tokens with a new key',
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ revokeEarlier: z.boolean().default(false) }) },
      },
    },
  },
  responses: {
    200: {
      description: 'The new key',
      content: { 'application/json': { schema: z.object({ kid: z.string() }) } },
    },
  },
});

/** Mounted under `/v1/tokens`. */
export function createSigningKeyRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.openapi(rotation, async (c) =>
    c.json(await rotateSigningKeys(context, requestActor(c), c.req.valid('json')), 200),
  );
  return app;
}
