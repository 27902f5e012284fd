import { AppError } from '@countersign/api';
import type { Hono, Context as HttpContext } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { Context } from '../../context.ts';
import {
  createRoutes,
  findVisitor,
  type HttpEnv,
  type PageAssets,
  pagePolicy,
  readCookie,
  readUserAgent,
  sendSession,
} from '../../http/index.ts';
import { renderReturnPage } from '../../http/render-page.ts';
import { createChallenges } from '../challenges.ts';
import { createRefusalRecorder } from '../create-refusal-recorder.ts';
import { requireFresh } from '../require-permission.ts';
import { toSafeReturnPath } from '../safe-return-path.ts';
import { admitPerson } from './admit.ts';
import { beginOidc } from './begin.ts';
import { createLogoutReader, endByLogout } from './end-by-logout.ts';
import { exchangeCode } from './exchange.ts';
import { findFlow, flowCookieName, flowSeconds, type Purpose } from './flow.ts';
import { createIssuer } from './issuer.ts';

/** /sign-in/oidc/*; mounted at the root. Answers nothing when `people.oidc` is not set. */
export function oidcRoutes(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  const settings = context.config.people.oidc;
  if (settings === undefined) return app;
  const { publicUrl } = context.config.server;
  const issuer = createIssuer(context, settings);
  const challenges = createChallenges(context, flowSeconds * 1000);
  const reader = createLogoutReader(context, issuer);
  const countRefusal = createRefusalRecorder(context);
  const recordRefusal = (thrown: unknown): void => {
    if (!(thrown instanceof AppError)) return;
    countRefusal(thrown.code);
    const { cause } = thrown;
    // Words of ours and codes: never what the issuer or the browser sent.
    const why = cause instanceof Error ? `${cause.name}: ${cause.message.slice(0, 200)}` : cause;
    context.log.warn({ code: thrown.code, why }, 'single sign-on was refused');
  };
  const leave = async (c: HttpContext, purpose: Purpose): Promise<Response> => {
    const returnPath = toSafeReturnPath(c.req.query('return'));
    const { url, cookie } = await beginOidc(context, { issuer, challenges }, { purpose, returnPath });
    setCookie(c, flowCookieName(publicUrl), cookie, {
      ...{ path: '/', secure: publicUrl.startsWith('https:'), httpOnly: true },
      // The browser comes back from the issuer's site, and a strict cookie would stay behind.
      ...{ sameSite: 'Lax', maxAge: flowSeconds },
    });
    return c.redirect(url.href, 303);
  };
  app.get('/sign-in/oidc/start', (c) => leave(c, { to: 'sign-in' }));
  app.get('/sign-in/oidc/link', async (c) => {
    const actor = await findVisitor(c, context);
    if (actor?.kind !== 'person') throw new AppError('person.sign_in_required');
    // A session of the issuer itself, or one left open, must not give the account another way in.
    requireFresh(actor);
    return leave(c, { to: 'link', person: actor.person, session: actor.session });
  });
  app.get('/sign-in/oidc/callback', async (c) => {
    const name = flowCookieName(publicUrl);
    const cookie = readCookie(c.req.header('cookie'), name);
    deleteCookie(c, name, { path: '/', secure: publicUrl.startsWith('https:') });
    try {
      const [state, ...others] = c.req.queries('state') ?? [];
      const flow = others.length > 0 ? undefined : await findFlow(challenges, cookie, state ?? '');
      if (flow === undefined) throw new AppError('person.oidc_expired');
      const claims = await exchangeCode(issuer, flow, { publicUrl, query: new URL(c.req.url).search });
      const agent = readUserAgent(c);
      const { secret } = await admitPerson(context, settings, flow, { claims, agent });
      if (secret !== undefined) sendSession(c, context, secret);
      c.header('content-security-policy', pagePolicy);
      // A redirect would leave the strict cookie of the session behind, since it began on another site.
      return c.html(renderReturnPage(flow.returnPath, assets));
    } catch (thrown) {
      recordRefusal(thrown);
      throw thrown;
    }
  });
  app.post('/sign-in/oidc/logout', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const tokens = form.getAll('logout_token');
    try {
      if (tokens.length !== 1) throw new AppError('person.oidc_refused', { cause: 'form' });
      await endByLogout(context, issuer, reader, tokens[0] ?? '');
      return c.body(null, 200);
    } catch (thrown) {
      recordRefusal(thrown);
      throw thrown;
    }
  });
  return app;
}
