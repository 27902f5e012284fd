import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import { getRequestListener } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono, Context as HttpContext } from 'hono';
import type { Context } from '../context.ts';
import type { ConsoleFile } from './console-files.ts';
import type { PageAssets } from './create-page-assets.ts';
import { createRoutes, type HttpEnv } from './create-routes.ts';
import { checkReadiness, type ReadinessCheck } from './health.ts';
import { limitBody } from './limit-body.ts';
import { createProblemResponse, readThrown } from './problem.ts';
import { refuseAmbiguousJson } from './refuse-ambiguous-json.ts';
import { renderErrorPage } from './render-page.ts';
import { authenticateRequest } from './request-actor.ts';
import { addSecurityHeaders, pagePolicy } from './security-headers.ts';
import { sendAsset, sendConsoleFile } from './serve-files.ts';

/** Routes of a noun under `path`: `/v1/<noun>`, or `/` for pages and the authorization server. */
export interface MountedRoutes {
  readonly path: string;
  readonly app: Hono<HttpEnv>;
}

export interface ControlPlaneParts {
  /** From `writeOperatorToken`. */
  readonly operatorToken: string;
  readonly version: string;
  readonly routes: readonly MountedRoutes[];
  readonly pageAssets: PageAssets;
  /** From `loadConsoleFiles`. */
  readonly consoleFiles: ReadonlyMap<string, ConsoleFile>;
  readonly readinessChecks: Readonly<Record<string, ReadinessCheck>>;
}

const maxBodyBytes = 256 * 1024;
/** Policies come as they are written, ten thousand of them. */
const maxBundleBytes = 8 * 1024 * 1024;
/** A group of a directory comes with all its members, a hundred thousand of them. */
const maxGroupBytes = 24 * 1024 * 1024;

/** All of the server but the gateway's hot path: API, authorization server, pages and console, as one listener. */
export function createControlPlane(
  context: Context,
  parts: ControlPlaneParts,
): (request: IncomingMessage, response: ServerResponse) => void {
  const app = createApp(context, parts);
  const listen = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    listen(request, response).catch((thrown: unknown) => {
      context.log.error({ err: thrown }, 'response failed');
      response.destroy();
    });
  };
}

export function createApp(context: Context, parts: ControlPlaneParts): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.use(async (c, next) => {
    c.set('requestId', Buffer.from(context.platform.randomBytes(12)).toString('base64url'));
    await next();
    c.res.headers.set('x-request-id', c.get('requestId'));
  });
  app.use(addSecurityHeaders(context.config.server.publicUrl.startsWith('https:')));
  const [limit, limitBundle] = [limitBody(maxBodyBytes), limitBody(maxBundleBytes)];
  const limitGroup = limitBody(maxGroupBytes);
  app.use((c, next) => {
    if (c.req.path.startsWith('/v1/policies')) return limitBundle(c, next);
    return (c.req.path.startsWith('/scim/v2/Groups') ? limitGroup : limit)(c, next);
  });
  app.use('/v1/*', refuseAmbiguousJson());
  app.use('/v1/*', authenticateRequest(context, parts.operatorToken));
  app.use('/log/*', authenticateRequest(context, parts.operatorToken));
  mountHealth(app, context, parts);
  for (const { path, app: routes } of parts.routes) app.route(path, routes);
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Countersign', version: parts.version },
    servers: [{ url: context.config.server.publicUrl }],
  });
  app.get('/pages/:file', (c) => {
    const asset = parts.pageAssets.find(c.req.path);
    if (asset === undefined) throw new AppError('server.not_found');
    return sendAsset(c, asset);
  });
  app.notFound((c) => answerFromConsole(c, parts));
  app.onError((thrown, c) => answerError(c, parts, readThrown(thrown, context.log, c.get('requestId'))));
  return app;
}

function mountHealth(app: OpenAPIHono<HttpEnv>, context: Context, parts: ControlPlaneParts): void {
  app.get('/livez', (c) => c.text('ok'));
  const { environment } = context.config.server;
  app.get('/version', (c) => c.json({ name: 'countersign', version: parts.version, environment }));
  const readiness = async (c: HttpContext) => {
    const { ready, parts: results } = await checkReadiness(parts.readinessChecks);
    const status = ready ? 200 : 503;
    if (c.req.query('verbose') === undefined) return c.text(ready ? 'ok' : 'not ready', status);
    return c.json({ ready, parts: results }, status);
  };
  app.get('/readyz', readiness);
  app.get('/healthz', readiness);
}

/** A file of the console, or its one page for every address that a person may open in it. */
function answerFromConsole(c: HttpContext<HttpEnv>, parts: ControlPlaneParts): Response {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const file = parts.consoleFiles.get(c.req.path);
    if (file !== undefined) return sendConsoleFile(c, file);
    const page = parts.consoleFiles.get('/index.html');
    if (page !== undefined && wantsPage(c) && !/\.[a-z0-9]+$/i.test(c.req.path))
      return sendConsoleFile(c, page);
  }
  return answerError(c, parts, new AppError('server.not_found'));
}

/** A page for a person at a browser, problem details for everything else. */
function answerError(c: HttpContext<HttpEnv>, parts: ControlPlaneParts, error: AppError): Response {
  const requestId = c.get('requestId');
  if (!wantsPage(c)) return createProblemResponse(error, requestId);
  return new Response(renderErrorPage(error, requestId, parts.pageAssets), {
    status: error.entry.status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy },
  });
}

const machinePaths = /^\/(v1|log|scim|ssf|oauth|mcp|pages|assets|\.well-known)(\/|$)/;

function wantsPage(c: HttpContext): boolean {
  return !machinePaths.test(c.req.path) && (c.req.header('accept') ?? '').includes('text/html');
}
