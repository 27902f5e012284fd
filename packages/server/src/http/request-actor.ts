import { AppError } from '@countersign/api';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HttpContext, MiddlewareHandler } from 'hono';
import { isCredentialValid } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type Actor, findSession, sessionCookieName } from '../people/index.ts';
import { isOperator, operatorTokenPrefix } from './operator-token.ts';
import { readCookie } from './read-cookie.ts';
import { isSafeMethod, requireSameOrigin } from './require-same-origin.ts';

const actorKey = 'actor';

/** Who asks. Throws `person.sign_in_required` when nobody said so. */
export function requestActor(c: HttpContext): Actor {
  const actor: Actor | undefined = c.get(actorKey);
  if (actor === undefined) throw new AppError('person.sign_in_required');
  return actor;
}

/** The signed-in person's actor on a page, or undefined. */
export async function findVisitor(c: HttpContext, context: Context): Promise<Actor | undefined> {
  const secret = readCookie(c.req.header('cookie'), sessionCookieName(context.config.server.publicUrl));
  return secret === undefined ? undefined : findSession(context, secret);
}

/**
 * Puts the actor beside the request. An Authorization header wins over the cookie and is never ignored: a bad one is
 * refused. What rests on the cookie, or on nothing, may change state only from this console's own origin.
 */
export function authenticateRequest(context: Context, operatorToken: string): MiddlewareHandler {
  return async (c, next) => {
    const authorization = c.req.header('authorization');
    if (authorization === undefined) {
      if (!isSafeMethod(c.req.method)) requireSameOrigin(c.req.raw.headers, context.config.server.publicUrl);
      c.set(actorKey, await findVisitor(c, context));
      return next();
    }
    const bindings: Partial<HttpBindings> = c.env ?? {};
    const bearer = /^bearer (.+)$/i.exec(authorization)?.[1];
    if (bearer?.startsWith(operatorTokenPrefix)) {
      if (!isOperator(bearer, operatorToken, bindings.incoming)) throw new AppError('token.invalid');
      c.set(actorKey, { kind: 'operator' } satisfies Actor);
      return next();
    }
    c.set(actorKey, await authenticateAgent(c, context, bindings));
    await next();
    c.res.headers.set('dpop-nonce', context.tokens.nextNonce());
  };
}

/** An agent's control token with its proof of possession; a task's token has no business on the control plane. */
async function authenticateAgent(
  c: HttpContext,
  context: Context,
  bindings: Partial<HttpBindings>,
): Promise<Actor> {
  const headers = bindings.incoming?.headersDistinct;
  const presented = await context.tokens.verifyPresented({
    // Each as often as it came: joined into one, a second header would hide.
    authorization: headers?.authorization ?? [],
    dpop: headers?.dpop ?? [],
    certificate: bindings.incoming && context.tokens.findCertificate(bindings.incoming),
    method: c.req.method,
    url: `${context.config.server.publicUrl}${c.req.path}`,
    audience: `${context.tokens.issuer}/v1/tasks`,
  });
  if (presented.taskId !== null) throw new AppError('token.audience_mismatch');
  const agent = await context.agents.get(presented.agentId);
  if (agent.state !== 'active') throw new AppError('agent.not_active');
  // A retired key ends the control tokens it got, too.
  if (!isCredentialValid(agent, presented, context.platform.now())) throw new AppError('token.invalid');
  return { kind: 'agent', agent: presented.agentId, key: presented.key };
}
