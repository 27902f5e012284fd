import type { Hono, Context as HonoContext } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../http/index.ts';
import { renderReturnPage } from '../../http/render-page.ts';
import { type Actor, findDisplayName, requirePermission } from '../../people/index.ts';
import { renderGlass } from '../break-glass/render-glass.ts';
import { viewGlass } from '../break-glass/view-glass.ts';
import { loadDuty } from '../duty/duty.ts';
import { findObstacle } from '../duty/give-duty.ts';
import { renderDuty } from '../duty/render-duty.ts';

/** GET /approvals/glass/:id and /approvals/duties/:id; mounted at the root. Looking changes nothing. */
export function signingPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  const show = async (c: HonoContext<HttpEnv>, path: string, render: (visitor: Actor) => Promise<string>) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor !== undefined) return c.html(await render(visitor));
    if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
    return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
  };
  app.get('/approvals/glass/:id', (c) => {
    const id = c.req.param('id');
    return show(c, `/approvals/glass/${encodeURIComponent(id)}`, async (visitor) =>
      renderGlass(await viewGlass(context, visitor, id), assets),
    );
  });
  app.get('/approvals/duties/:id', (c) => {
    const id = c.req.param('id');
    return show(c, `/approvals/duties/${encodeURIComponent(id)}`, async (visitor) => {
      requirePermission(visitor, 'approvals.read');
      const row = await loadDuty(context.store.sql, id);
      return renderDuty({
        row,
        giverName: await findDisplayName(context, row.giver_id),
        holderName: await findDisplayName(context, row.holder_id),
        obstacle: findObstacle(row, context.platform.now()),
        isGiver: visitor.kind === 'person' && visitor.person === row.giver_id,
        assets,
      });
    });
  });
  return app;
}
