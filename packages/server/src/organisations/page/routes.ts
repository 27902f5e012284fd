import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../http/index.ts';
import { renderReturnPage } from '../../http/render-page.ts';
import { hasPermission, requirePermissionToSign } from '../../people/index.ts';
import { findObstacle, loadChange, readSignedChange } from '../change.ts';
import { renderChange } from './render-change.ts';

/** GET /organisations/changes/:id; mounted at the root. Looking changes nothing. */
export function organisationPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/organisations/changes/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/organisations/changes/${encodeURIComponent(c.req.param('id'))}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    requirePermissionToSign(visitor, 'organisations.read');
    const row = await loadChange(context.store.sql, c.req.param('id'));
    return c.html(
      renderChange({
        ...{ row, assets, terms: readSignedChange(row).terms },
        obstacle: findObstacle(row, context.platform.now()),
        maySign: visitor.kind === 'person' && hasPermission(visitor, 'organisations.change'),
      }),
    );
  });
  return app;
}
