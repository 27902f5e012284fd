import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../http/index.ts';
import { auditAccessPages } from '../audit-access/index.ts';
import { toSafeReturnPath } from '../safe-return-path.ts';
import { loadAccount } from './load-account.ts';
import { renderAccount } from './render-account.ts';
import { renderJoin, renderRecover, renderSignIn } from './render-sign-in.ts';

/** /sign-in, /join, /recover, /account and /people/audit-access; mounted at the root. */
export function peoplePages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.route('/', auditAccessPages(context, assets));
  app.get('/sign-in', async (c) => {
    const returnPath = toSafeReturnPath(c.req.query('return'));
    if ((await findVisitor(c, context)) !== undefined) return c.redirect(returnPath, 303);
    c.header('content-security-policy', pagePolicy);
    return c.html(renderSignIn(assets, returnPath, context.config.people.oidc !== undefined));
  });
  app.get('/join', (c) => {
    c.header('content-security-policy', pagePolicy);
    return c.html(renderJoin(assets));
  });
  app.get('/account', async (c) => {
    const actor = await findVisitor(c, context);
    if (actor?.kind !== 'person') return c.redirect('/sign-in?return=%2Faccount', 303);
    c.header('content-security-policy', pagePolicy);
    return c.html(renderAccount(assets, await loadAccount(context, actor)));
  });
  app.get('/recover', (c) => {
    c.header('content-security-policy', pagePolicy);
    return c.html(renderRecover(assets));
  });
  return app;
}
