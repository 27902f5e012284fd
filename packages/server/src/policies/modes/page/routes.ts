import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { hasPermission } from '../../../people/index.ts';
import { getModeChange } from '../get-mode-change.ts';
import { renderModeChange } from './render-mode-change.ts';

/** GET /policies/modes/:id; mounted at the root. Looking changes nothing. */
export function policyModePages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/policies/modes/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/policies/modes/${encodeURIComponent(c.req.param('id'))}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    const viewed = await getModeChange(context, visitor, c.req.param('id'));
    const maySwitch = visitor.kind === 'person' && hasPermission(visitor, 'policies.switch_mode');
    return c.html(renderModeChange({ viewed, maySwitch, assets }));
  });
  return app;
}
