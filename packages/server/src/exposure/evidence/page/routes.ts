import type { Hono, Context as HttpContext } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { type Actor, requirePermission } from '../../../people/index.ts';
import { getEvidence, listEvidence, listFrameworks } from '../list-evidence.ts';
import { signForm } from '../sign-form.ts';
import { renderFrameworks } from './render-frameworks.ts';
import { renderReport } from './render-report.ts';

/** GET /evidence, /evidence/:id and its files; mounted at the root. Looking changes nothing. */
export function evidencePages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/evidence', async (c) => {
    const visitor = await admit(c, context, assets);
    if (visitor instanceof Response) return visitor;
    const { items } = await listEvidence(context, visitor, {});
    return c.html(renderFrameworks({ frameworks: listFrameworks(visitor), reports: items, assets }));
  });
  app.get('/evidence/:id', async (c) => {
    const visitor = await admit(c, context, assets);
    if (visitor instanceof Response) return visitor;
    return c.html(renderReport(await getEvidence(context, visitor, { reportId: c.req.param('id') }), assets));
  });
  for (const form of ['html', 'pdf'] as const) {
    app.get(`/evidence/:id/report.${form}`, async (c) => {
      const visitor = await admit(c, context, assets);
      if (visitor instanceof Response) return visitor;
      const { name, mediaType, file } = await signForm(context, visitor, {
        reportId: c.req.param('id'),
        form,
      });
      c.header('content-disposition', `attachment; filename="${name}"`);
      return c.body(file, 200, { 'content-type': mediaType });
    });
    app.get(`/evidence/:id/report.${form}.sig`, async (c) => {
      const visitor = await admit(c, context, assets);
      if (visitor instanceof Response) return visitor;
      const { name, signature } = await signForm(context, visitor, { reportId: c.req.param('id'), form });
      c.header('content-disposition', `attachment; filename="${name}.sig"`);
      return c.json(signature);
    });
  }
  return app;
}

async function admit(
  c: HttpContext<HttpEnv>,
  context: Context,
  assets: PageAssets,
): Promise<Actor | Response> {
  c.header('content-security-policy', pagePolicy);
  const visitor = await findVisitor(c, context);
  if (visitor !== undefined) {
    requirePermission(visitor, 'exposure.read');
    return visitor;
  }
  const { pathname: path } = new URL(c.req.url);
  if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
  return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
}
