import { AppError } from '@countersign/api';
import { parseStrictJson } from '@countersign/core';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import { type HttpEnv, readThrown } from '../../http/index.ts';
import {
  type AgentRequest,
  type AgentVerbs,
  addAgent,
  deleteAgent,
  getAgent,
  listAgents,
  patchAgent,
  replaceAgent,
  requireAgents,
} from './agents/agents.ts';
import { describeProvider, showSchemas, showTypes } from './discovery.ts';
import { type GroupRow, loadGroup } from './groups/group-row.ts';
import { addGroup, deleteGroup, listGroups, patchGroup, replaceGroup } from './groups/groups.ts';
import { showGroup, writeGroup } from './groups/show-group.ts';
import { isRecord, type JsonRecord } from './json.ts';
import { readListQuery, readSearch, readShape, shapeResource, showsAttribute } from './list-query.ts';
import { draftAgentUrn, ownAgentUrn } from './schemas.ts';
import { describeScimError, refuseScim } from './scim-error.ts';
import { nameVersion } from './scim-request.ts';
import { authenticateDirectory } from './tokens/authenticate-directory.ts';
import { createRequestLimit } from './tokens/request-limit.ts';
import { addUser, deleteUser, getUser, listUsers, patchUser, replaceUser } from './users/users.ts';

const requestsOfTokenAMinute = 6_000;
const failuresOfAddressAMinute = 60;
/** Four members of an object each for 100,000 members of a group, and some. */
const jsonLimits = { depth: 16, keys: 500_000, stringLength: 16_384 } as const;
const mediaType = 'application/scim+json; charset=utf-8';

type Http = HttpContext<HttpEnv>;
type Answer = (request: AgentRequest, c: Http) => Promise<Response>;

/** SCIM 2.0 (RFC 7643, RFC 7644) under `/scim/v2`, for directories that hold a token. */
export function scimRoutes(context: Context, verbs: AgentVerbs): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const spendToken = createRequestLimit(context.platform, requestsOfTokenAMinute);
  const spendFailure = createRequestLimit(context.platform, failuresOfAddressAMinute);
  const urn = context.config.people.scim.draftAgentSchema ? draftAgentUrn : ownAgentUrn;
  const baseUrl = `${context.config.server.publicUrl}/scim/v2`;
  const serve =
    (answer: Answer) =>
    async (c: Http): Promise<Response> => {
      const { tokenId, ...directory } = await authenticate(context, c, spendFailure);
      spendToken(tokenId);
      const ifMatch = c.req.header('if-match');
      return answer({ ...directory, context, verbs, urn, baseUrl, ifMatch }, c);
    };
  mountDiscovery(app, serve);
  mountUsers(app, serve);
  mountGroups(app, serve);
  mountAgents(app, serve);
  app.all('*', () => {
    throw new AppError('person.scim_not_found');
  });
  app.onError((thrown, c) => {
    const error = readThrown(thrown, context.log, c.get('requestId'));
    const { status, body } = describeScimError(error);
    return send(body, status, { ...error.headers });
  });
  return app;
}

type Serve = (answer: Answer) => (c: Http) => Promise<Response>;

async function authenticate(context: Context, c: Http, spendFailure: (key: string) => void) {
  try {
    return await authenticateDirectory(context, c.req.header('authorization'));
  } catch (thrown) {
    const bindings: Partial<HttpBindings> = c.env ?? {};
    // Counted by address: guessing is slowed down, and nobody else's token pays for it.
    spendFailure(bindings.incoming?.socket.remoteAddress ?? '');
    throw thrown;
  }
}

function mountDiscovery(app: Hono<HttpEnv>, serve: Serve): void {
  app.get(
    '/ServiceProviderConfig',
    serve(async ({ baseUrl }) => send(describeProvider(baseUrl))),
  );
  const listTypes: Answer = async ({ baseUrl, mayKeepAgents, urn }, c) =>
    send(showTypes(baseUrl, mayKeepAgents ? urn : null, c.req.param('id')));
  app.get('/ResourceTypes', serve(listTypes));
  app.get('/ResourceTypes/:id', serve(listTypes));
  const listSchemas: Answer = async ({ baseUrl, urn }, c) =>
    send(showSchemas(baseUrl, urn, c.req.param('id')));
  app.get('/Schemas', serve(listSchemas));
  app.get('/Schemas/:id', serve(listSchemas));
}

function mountUsers(app: Hono<HttpEnv>, serve: Serve): void {
  app.get(
    '/Users',
    serve(async (request, c) => send(await listUsers(request, readListQuery(readQuery(c))))),
  );
  app.post(
    '/Users/.search',
    serve(async (request, c) => send(await listUsers(request, readSearch(await readBody(c))))),
  );
  app.post(
    '/Users',
    serve(async (request, c) => sendResource(c, await addUser(request, await readBody(c)), 201)),
  );
  app.get(
    '/Users/:id',
    serve(async (request, c) => sendResource(c, await getUser(request, readId(c)))),
  );
  app.put(
    '/Users/:id',
    serve(async (request, c) => sendResource(c, await replaceUser(request, readId(c), await readBody(c)))),
  );
  app.patch(
    '/Users/:id',
    serve(async (request, c) => sendResource(c, await patchUser(request, readId(c), await readBody(c)))),
  );
  app.delete(
    '/Users/:id',
    serve(async (request, c) => {
      await deleteUser(request, readId(c));
      return send(null, 204);
    }),
  );
}

function mountGroups(app: Hono<HttpEnv>, serve: Serve): void {
  app.get(
    '/Groups',
    serve(async (request, c) => send(await listGroups(request, readListQuery(readQuery(c))))),
  );
  app.post(
    '/Groups/.search',
    serve(async (request, c) => send(await listGroups(request, readSearch(await readBody(c))))),
  );
  app.post(
    '/Groups',
    serve(async (request, c) => sendGroup(c, request, await addGroup(request, await readBody(c)), 201)),
  );
  app.get(
    '/Groups/:id',
    serve(async (request, c) =>
      sendGroup(c, request, await loadGroup(request.context.store, request, readId(c))),
    ),
  );
  app.put(
    '/Groups/:id',
    serve(async (request, c) =>
      sendGroup(c, request, await replaceGroup(request, readId(c), await readBody(c))),
    ),
  );
  app.patch(
    '/Groups/:id',
    serve(async (request, c) => {
      const row = await patchGroup(request, readId(c), await readBody(c));
      // Nobody who changes one member of many wants to be sent all of them (RFC 7644 §3.5.2 allows either).
      return send(null, 204, { etag: nameVersion(row.version) });
    }),
  );
  app.delete(
    '/Groups/:id',
    serve(async (request, c) => {
      await deleteGroup(request, readId(c));
      return send(null, 204);
    }),
  );
}

function mountAgents(app: Hono<HttpEnv>, serve: Serve): void {
  const serveAgents = (answer: Answer) =>
    serve((request, c) => {
      requireAgents(request);
      return answer(request, c);
    });
  app.get(
    '/Agents',
    serveAgents(async (request, c) => send(await listAgents(request, readListQuery(readQuery(c))))),
  );
  app.post(
    '/Agents/.search',
    serveAgents(async (request, c) => send(await listAgents(request, readSearch(await readBody(c))))),
  );
  app.post(
    '/Agents',
    serveAgents(async (request, c) => sendResource(c, await addAgent(request, await readBody(c)), 201)),
  );
  app.get(
    '/Agents/:id',
    serveAgents(async (request, c) => sendResource(c, await getAgent(request, readId(c)))),
  );
  app.put(
    '/Agents/:id',
    serveAgents(async (request, c) =>
      sendResource(c, await replaceAgent(request, readId(c), await readBody(c))),
    ),
  );
  app.patch(
    '/Agents/:id',
    serveAgents(async (request, c) =>
      sendResource(c, await patchAgent(request, readId(c), await readBody(c))),
    ),
  );
  app.delete(
    '/Agents/:id',
    serveAgents(async (request, c) => {
      await deleteAgent(request, readId(c));
      return send(null, 204);
    }),
  );
}

function readQuery(c: Http): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

function readId(c: Http): string {
  return c.req.param('id') ?? '';
}

/** Hostile; its size is bounded before it is read. */
async function readBody(c: Http): Promise<JsonRecord> {
  const parsed = parseStrictJson(await c.req.text(), jsonLimits);
  if (!parsed.ok) throw refuseScim('invalidSyntax', `body: ${parsed.code}`);
  if (!isRecord(parsed.value)) throw refuseScim('invalidSyntax', 'body: an object');
  return parsed.value;
}

function readMeta(resource: JsonRecord): { readonly etag: string; readonly location: string } {
  const meta = isRecord(resource.meta) ? resource.meta : {};
  return { etag: String(meta.version), location: String(meta.location) };
}

function sendResource(c: Http, resource: JsonRecord, status = 200): Response {
  const headers = readMeta(resource);
  if (c.req.method === 'GET' && isKnown(c, headers.etag)) return send(null, 304, headers);
  return send(shapeResource(resource, readShape(readQuery(c))), status, headers);
}

function sendGroup(c: Http, request: AgentRequest, row: GroupRow, status = 200): Response {
  const group = showGroup(request, row);
  const headers = readMeta(group);
  if (c.req.method === 'GET' && isKnown(c, headers.etag)) return send(null, 304, headers);
  const shape = readShape(readQuery(c));
  if (!showsAttribute(shape, 'members')) return send(shapeResource(group, shape), status, headers);
  const text = ReadableStream.from(writeGroup(request, row)).pipeThrough(new TextEncoderStream());
  return new Response(text, {
    status,
    headers: { ...headers, 'content-type': mediaType, 'cache-control': 'no-store' },
  });
}

function isKnown(c: Http, etag: string): boolean {
  return (c.req.header('if-none-match') ?? '').split(',').some((one) => one.trim() === etag);
}

function send(
  body: JsonRecord | null,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = { 'cache-control': 'no-store', ...headers };
  if (body === null) return new Response(null, { status, headers: all });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': mediaType, ...all } });
}
