import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { hasPermission, requirePermission } from '../../../people/index.ts';
import { findObstacle, loadDeclassification } from '../declassification.ts';
import { renderDeclassification } from './render-declassification.ts';

/** GET /tasks/declassifications/:id; mounted at the root. Looking changes nothing. */
export function declassificationPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/tasks/declassifications/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const id = c.req.param('id');
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/tasks/declassifications/${encodeURIComponent(id)}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    requirePermission(visitor, 'tasks.read');
    const row = await loadDeclassification(context.store.sql, id);
    const task = await context.tasks.look(row.task_id);
    return c.html(
      renderDeclassification({
        row,
        purpose: task.purpose,
        obstacle: findObstacle(row, task, context.platform.now()),
        maySign: visitor.kind === 'person' && hasPermission(visitor, 'tasks.declassify'),
        assets,
      }),
    );
  });
  return app;
}
