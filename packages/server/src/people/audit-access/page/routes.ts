import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { findDisplayName } from '../../get-person.ts';
import { hasPermission, requirePermissionToSign } from '../../require-permission.ts';
import { findObstacle, loadAuditProposal, readSignedAccess } from '../audit-proposal.ts';
import { renderAuditProposal } from './render-audit-proposal.ts';

/** GET /people/audit-access/:id; mounted at the root. Looking changes nothing. */
export function auditAccessPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/people/audit-access/:id', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/people/audit-access/${encodeURIComponent(c.req.param('id'))}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    requirePermissionToSign(visitor, 'people.read_audit_access');
    const row = await loadAuditProposal(context.store.sql, c.req.param('id'));
    const access = readSignedAccess(row);
    return c.html(
      renderAuditProposal({
        ...{ row, access, assets },
        readerName: await findDisplayName(context, access.personId),
        obstacle: findObstacle(row, context.platform.now()),
        maySign: visitor.kind === 'person' && hasPermission(visitor, 'people.give_audit_access'),
      }),
    );
  });
  return app;
}
