import { AppError } from '@countersign/api';
import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { type Actor, getPerson } from '../../../people/index.ts';
import { callbackPath, clientDocumentPath, describeClient } from '../client-document.ts';
import { connectPath, requireUserCredential } from '../connection-parts.ts';
import { finishConnection } from '../finish-connection.ts';
import { type ConnectFacts, renderConnect, renderConnected } from './render-connect.ts';

const name = /^[a-z][a-z0-9-]{0,62}$/;
// A code and a state are short; a link with more in it is nobody's answer.
const longestAnswer = 8192;

/** Where people connect and come back to, and the document that says who this client is; mounted at the root. */
export function connectionPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get(clientDocumentPath, (c) => c.json(describeClient(context.config.server.publicUrl)));
  app.get(callbackPath, async (c) => {
    c.header('content-security-policy', pagePolicy);
    const { search } = new URL(c.req.url);
    if (search.length > longestAnswer) throw new AppError('upstream.authorization_invalid');
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      // The way back is cross-site, and the session's cookie is strict: the second navigation starts here and has it.
      if (c.req.header('sec-fetch-site') === 'cross-site')
        return c.html(renderReturnPage(`${callbackPath}${search}`, assets));
      throw new AppError('person.sign_in_required');
    }
    const { upstream } = await finishConnection(context, visitor, new URLSearchParams(search));
    return c.html(renderConnected(upstream, assets));
  });
  app.get('/upstreams/:name/connect', async (c) => {
    const upstream = c.req.param('name');
    if (!name.test(upstream)) throw new AppError('upstream.not_found');
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = connectPath(upstream);
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    return c.html(renderConnect(await describe(context, visitor, upstream), assets));
  });
  return app;
}

async function describe(context: Context, visitor: Actor, upstream: string): Promise<ConnectFacts> {
  if (visitor.kind !== 'person') throw new AppError('person.sign_in_required');
  const live = context.upstreams.find(upstream);
  if (live === undefined) throw new AppError('upstream.not_found');
  const credential = requireUserCredential(live);
  const { server } = await context.credentials.connections.findIssuer(live, credential);
  const person = await getPerson(context.store, visitor.person);
  const last = await context.store.sql
    .selectFrom('upstream_connections')
    .select('id')
    .where('upstream', '=', upstream)
    .where('person_id', '=', visitor.person)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return {
    upstream,
    person: person.displayName,
    issuer: server.issuer,
    scopes: credential.scopes,
    isConnected: last !== undefined,
  };
}
