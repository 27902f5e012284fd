import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { viewErasure } from '../view-erasure.ts';
import { renderErasure } from './render-erasure.ts';

/** GET /ledger/erasures/:id; mounted at the root. Looking changes nothing. */
export function erasurePages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/ledger/erasures/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const id = c.req.param('id');
    const visitor = await findVisitor(c, context);
    if (visitor !== undefined) return c.html(renderErasure(await viewErasure(context, visitor, id), assets));
    const path = `/ledger/erasures/${encodeURIComponent(id)}`;
    if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
    return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
  });
  return app;
}
