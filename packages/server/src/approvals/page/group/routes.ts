import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { loadGroup } from '../../groups/index.ts';
import { renderGroup } from '../render-group.ts';

/** GET /approvals/groups/:id. Looking changes nothing. */
export function mountGroupPage(app: Hono<HttpEnv>, context: Context, assets: PageAssets): void {
  app.get('/approvals/groups/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const id = c.req.param('id');
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/approvals/groups/${encodeURIComponent(id)}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    const group = await loadGroup(context, visitor, id);
    return c.html(renderGroup(group, context.platform.now(), assets));
  });
}
