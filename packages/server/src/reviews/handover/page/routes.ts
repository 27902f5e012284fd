import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { findDisplayName, requirePermission } from '../../../people/index.ts';
import { findObstacle, loadHandover, readContent } from '../handover.ts';
import { renderHandover } from './render-handover.ts';

/** GET /agents/handovers/:id; mounted at the root. Looking changes nothing. */
export function handoverPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/agents/handovers/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const id = c.req.param('id');
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/agents/handovers/${encodeURIComponent(id)}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    requirePermission(visitor, 'agents.read');
    const row = await loadHandover(context.store.sql, id);
    const page = {
      ...{ row, content: readContent(row), assets },
      proposedBy: await findDisplayName(context, row.proposed_by),
      newOwner: await findDisplayName(context, row.to_person_id),
      obstacle: findObstacle(row, context.platform.now()),
      mayAccept: visitor.kind === 'person' && visitor.person === row.to_person_id,
    };
    return c.html(renderHandover(page));
  });
  return app;
}
